import { join } from 'node:path'
import type { StoryRun } from '../stories/story-run.ts'
import { DeskHarness, fieldsOn } from './desk-harness.ts'

export const REPORTER = 'melder-fictief@voorbeeld.example'
export const FACTS = 'Een gast zag hem twee avonden met lokale kinderen'
export const SUSPECT = 'VOORBEELD, Adriaan Test'

type Fields = Readonly<Record<string, string>>

/** Desks of several endpoints of one whole Schakel, each with its own memory on disk. */
export class DeskStage {
  readonly run: StoryRun
  readonly desks = new Map<string, DeskHarness>()

  constructor(run: StoryRun) {
    this.run = run
  }

  pathOf(ref: string): string {
    return join(this.run.data, `desk-${ref.replace('/', '-')}.db`)
  }

  async desk(ref: string): Promise<DeskHarness> {
    const known = this.desks.get(ref)
    if (known) return known
    const connection = await this.run.stage.connection(ref)
    const made = await new DeskHarness({ connection, path: this.pathOf(ref) }).start()
    this.desks.set(ref, made)
    return made
  }

  /** Composes as the pages do: preview first, then exactly what the preview carries. */
  async compose(ref: string, actor: string, type: string, fields: Fields) {
    const at = await this.desk(ref)
    const cookie = at.cookie(actor, 'desk')
    const preview = await at.post(`/compose/${type}?lang=en`, cookie, { ...fields, step: 'preview' })
    const carried = fieldsOn(preview.body)
    if (preview.status !== 200 || !carried['id']) throw new Error(preview.body)
    const sent = await at.post(`/compose/${type}`, cookie, { ...carried, step: 'send' })
    if (sent.status !== 303) throw new Error(sent.body)
    return { preview: preview.body, path: String(sent.headers['location']), carried }
  }

  /** The first question open at a desk, for this person. */
  async question(ref: string, actor: string) {
    const at = await this.desk(ref)
    const cookie = at.cookie(actor, 'approver')
    const list = await at.until('/approvals', cookie, (body) => /href="\/approvals\/ho-/.test(body))
    return { at, cookie, path: /href="(\/approvals\/ho-[0-9a-f-]+)"/.exec(list)?.[1] ?? '' }
  }

  tip(): Fields {
    return {
      [`to:${this.run.stage.urnOf('tbkk/zaken')}`]: 'uavg-33 intake',
      '/data/tipRef': 'TIP-2026-0099',
      '/data/facts': FACTS,
      '/data/place': 'Cebu',
      '/data/country': 'PH',
      '/data/observedAt': '2026-11-20T21:30',
      '/data/ngoAssessment': 'Betrouwbare eerste indruk',
      '/data/contactPolicy': 'HOTLINE_ONLY',
      '/data/reporterHandle': 'RPT-99',
      '/data/reporterContact': REPORTER,
      'keep:reporterContact': 'yes',
      '/data/childAtRisk': 'no',
      '/context/regime': 'GDPR',
      '/context/handling': 'AMBER+STRICT',
      '/preparedBy/role': 'medewerker meldpunt',
    }
  }

  disclosure(ref: string): Fields {
    return {
      [`to:${this.run.stage.urnOf('tdh/veldwerk')}`]: 'wpg-19 ngo-cooperation',
      '/data/suspectName': SUSPECT,
      '/data/items': 'Vermoedelijk verblijf in Cebu\nReist vaak',
      '/data/conditions': 'Alleen voor slachtofferbescherming',
      '/data/decision/kind': 'WPG19',
      '/data/decision/ref': ref,
      '/data/decision/interest': 'Bescherming van kinderen in Cebu',
      '/context/regime': 'WPG',
      '/context/wpgClass': '8',
      '/context/evaluation': 'B2',
      '/context/handling': 'GREEN',
      '/context/personCategory': 'SUSPECT',
      '/context/factOrOpinion': 'FACT',
      '/freeTextReviewed': 'yes',
      '/preparedBy/role': 'rechercheur',
    }
  }

  async close(): Promise<void> {
    for (const one of this.desks.values()) await one.close()
  }
}
