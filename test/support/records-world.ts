import { randomBytes } from 'node:crypto'
import { vi } from 'vitest'
import type { Connection } from '#sdk/connect.ts'
import { openRecords, type Records } from '#services/records/open-records.ts'
import type { JudicialRecord } from '#services/records/person.ts'
import { readApplication } from '#services/records/read-application.ts'
import type { FormBody } from '#web/form-body.ts'
import { type StoryRun, startStory } from '../stories/story-run.ts'
import { KLARA, MEMBERS } from './records-samples.ts'
import { ShiftedClock } from './shifted-clock.ts'

export const BODIES = ['ms-be', 'ms-de', 'ms-fr', 'uk-ca'].map((name) => `${name}/register`)
const PATIENT = { timeout: 30_000, interval: 25 }

/** A whole Schakel with the four desks of Justis and Justid at work on it, on a clock of its own. */
export class RecordsWorld {
  readonly run: StoryRun
  readonly records: Records
  readonly clock: ShiftedClock
  readonly judgments: JudicialRecord[]
  readonly reports: string[]

  private constructor(
    run: StoryRun,
    records: Records,
    clock: ShiftedClock,
    judgments: JudicialRecord[],
    reports: string[],
  ) {
    this.run = run
    this.records = records
    this.clock = clock
    this.judgments = judgments
    this.reports = reports
  }

  static async start(folder: string | null = null): Promise<RecordsWorld> {
    const clock = new ShiftedClock()
    const run = await startStory({}, clock)
    const judgments: JudicialRecord[] = []
    const reports: string[] = []
    const records = await openRecords({
      connect: (ref): Promise<Connection> => run.stage.connection(ref),
      urnOf: (ref) => run.stage.urnOf(ref),
      bodies: [...BODIES, 'ecris-tcn/centraal'],
      members: MEMBERS,
      judgments: async () => judgments,
      folder,
      clock,
      random: (count) => randomBytes(count),
      report: (error, about) => reports.push(`${about}: ${String(error)}`),
    })
    return new RecordsWorld(run, records, clock, judgments, reports)
  }

  /** Until this is there. */
  until<T>(look: () => T | undefined | false): Promise<T> {
    return vi.waitFor(() => {
      const found = look()
      if (!found) throw new Error(`not there; ${this.reports.join('; ')}`)
      return found
    }, PATIENT)
  }

  /** An application handed in at the counter, once the assessor has it. */
  async apply(change: FormBody = {}): Promise<{ readonly ref: string; readonly code: string }> {
    const { counter, vog } = this.records
    const refs = {
      application: counter.newRef('VOG'),
      person: counter.newRef('P'),
      consent: counter.newRef('C'),
    }
    const reading = readApplication({ ...KLARA, ...change }, refs, this.clock.now())
    if (reading.kind === 'refused') throw new Error(JSON.stringify(reading.faults))
    const { ref, code, sent } = await counter.submit(reading.application, { actor: 'loket-91' })
    if (sent.verdict !== 'permit') throw new Error(JSON.stringify(sent))
    await this.until(() => vog.drawer.get('file', ref))
    return { ref, code }
  }

  /** The question that reached that body. */
  carried(requestRef: string, body: string) {
    const { authority } = this.records
    return this.until(() =>
      authority.ports.drawer
        .all('carried')
        .find(({ value }) => value.requestRef === requestRef && value.to === this.run.stage.urnOf(body)),
    )
  }

  async close(): Promise<void> {
    await this.records.close()
    await this.run.close()
  }
}
