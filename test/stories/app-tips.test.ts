import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Connection } from '#sdk/connect.ts'
import type { HandoffForSender } from '#sdk/gateway-answers.ts'
import { playIntake, S1_TIP } from '#services/tips/play-intake.ts'
import { startTips } from '#services/tips/start-tips.ts'
import { Door } from '#web/door.ts'
import { askSite } from '../support/ask-site.ts'
import { filesBelow, type StoryRun, startStory } from './story-run.ts'

const CONTACT = 'melder-fictief@voorbeeld.example'
const ARRIVAL_MS = 30_000
const SIGNED = { regime: 'GDPR', handling: 'GREEN' }
const OFFICER = { actor: 'rech-21', role: 'rechercheur', automated: false }

let run: StoryRun
let folder: string
let app: Awaited<ReturnType<typeof startTips>>
let staff: string
let police: Connection
const reports: string[] = []

beforeAll(async () => {
  run = await startStory()
  folder = await mkdtemp(join(tmpdir(), 'schakel-app-tips-'))
  const { stage, store } = run
  police = await stage.connection('tbkk/zaken')
  const door = new Door({ cookie: 'tips', now: () => store.clock.now(), accounts: async () => [] })
  const user = { actor: 'mp-11', name: 'Medewerker', roles: ['staff'] }
  staff = door.enterByCode(door.startCode(user)).split(';')[0] ?? ''
  app = await startTips({
    connect: (ref) => stage.careless(ref),
    urnOf: (ref) => stage.urnOf(ref),
    folder,
    door,
    host: '127.0.0.1',
    port: 0,
    clock: store.clock,
    report: (error, about) => reports.push(`${about}: ${String(error)}`),
  })
}, 120_000)
afterAll(async () => {
  await app?.close()
  await run?.close()
  await rm(folder, { recursive: true, force: true })
})

const ask = (path: string, form: Readonly<Record<string, string>>) => askSite(app.url, path, { form })
const asStaff = (path: string, form?: Readonly<Record<string, string>>) =>
  askSite(app.url, path, { cookie: staff, ...(form ? { form } : {}) })

async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  const end = run.stage.elapsed() + ARRIVAL_MS
  while (run.stage.elapsed() < end) {
    const found = await look()
    if (found !== undefined) return found
    await run.store.clock.sleep(50)
  }
  throw new Error('it did not come')
}

/** The one tip, as the staff sees it, with what the exchange said. */
async function tip(): Promise<{ readonly ref: string; readonly body: string }> {
  const ref = /\/staff\/tips\/(TIP-[0-9A-F]+)/.exec((await asStaff('/staff')).body)?.[1] ?? ''
  return { ref, body: (await asStaff(`/staff/tips/${ref}`)).body }
}

/** What reached the police of that type, opened with their key and acknowledged. */
async function arrived(type: string) {
  const row = await until(async () => {
    await run.store.view.catchUp()
    return run.store.view
      .recent(100)
      .find((one) => one.type === type && one.to === run.stage.urnOf('tbkk/zaken'))
  })
  const handoff = await run.stage.received('tbkk/zaken', row.handoff, ARRIVAL_MS)
  if (!handoff) throw new Error(`${type} did not arrive`)
  await police.acknowledge(handoff)
  return handoff
}

async function say(type: string, purpose: string, subject: string, data: Readonly<Record<string, unknown>>) {
  const { handoffs } = await police.publish(type, {
    to: [{ to: run.stage.urnOf('ecpat/meldpunt'), purpose, basis: 'no-personal-data' }],
    subject,
    data,
    context: SIGNED,
    preparedBy: OFFICER,
    freeTextReviewed: { actor: OFFICER.actor },
    wait: 30,
  })
  expect(handoffs.map(({ verdict }) => verdict?.kind)).toEqual(['permit'])
  return handoffs[0]?.handoff ?? ''
}

const delivered = (handoff: string) =>
  until(async () => {
    const now = (await police.handoff(handoff)) as HandoffForSender
    return now.state === 'delivered' ? now : undefined
  })

describe('a tip told to the hotline', () => {
  it('goes to the police and back, and nobody learns who told it', async () => {
    const { code } = await playIntake(app.url)
    const { ref } = await tip()
    const review = {
      facts: S1_TIP['facts'] ?? '',
      suspect: S1_TIP['suspect'] ?? '',
      assessment: 'Betrouwbaar.',
    }
    expect((await asStaff(`/staff/tips/${ref}/forward`, review)).status).toBe(303)
    expect((await tip()).body).toContain('data-verdict="permit-redacted"')

    const forwarded = await arrived('tip.ngo.forwarded')
    expect(forwarded.data).toMatchObject({ tipRef: ref, contactPolicy: 'HOTLINE_ONLY', country: 'PH' })
    expect(forwarded.data).not.toHaveProperty('reporterContact')
    const { reporterHandle } = forwarded.data

    const question = { tipRef: ref, questionId: 'Q-1', question: 'Welke kleur had het hek van het hotel?' }
    const asked = await say('tip.followup.question', 'follow-up', forwarded.handoff, question)
    await delivered(asked)
    expect((await asStaff(`/staff/questions/${asked}/relay`, {})).status).toBe(303)
    expect((await ask('/return', { code })).body).toContain(question.question)
    const name = `answer-${asked}`
    expect((await ask('/answer', { code, question: asked, [name]: 'Het hek was blauw' })).status).toBe(200)
    const passed = await asStaff(`/staff/questions/${asked}/pass-on`, { [name]: 'Het hek was blauw' })
    expect(passed.status).toBe(303)
    const answer = await arrived('tip.followup.answer')
    expect(answer.data).toEqual({ questionId: 'Q-1', answer: 'Het hek was blauw', reporterHandle })

    const fed = await say('tip.feedback', 'feedback', forwarded.handoff, { tipRef: ref, status: 'CLOSED' })
    await delivered(fed)
    expect((await ask('/return', { code })).body).toContain('data-status="CLOSED"')
    expect(reports).toEqual([])
  }, 120_000)

  it('leaves the contact in the hotline’s own file and nowhere else', async () => {
    await run.settled()
    expect((await readFile(join(folder, 'tips.db'))).includes(CONTACT)).toBe(true)
    for (const { text } of await run.left()) expect(text).not.toContain(CONTACT)
    for (const path of await filesBelow(run.data))
      expect((await readFile(path)).includes(CONTACT), path).toBe(false)
    expect((await run.fsck()).problems).toEqual([])
  }, 120_000)
})
