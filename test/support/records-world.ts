import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { vi } from 'vitest'
import { connect } from '#sdk/connect.ts'
import { openRecords, type Records, type RecordsPorts } from '#services/records/open-records.ts'
import type { JudicialRecord } from '#services/records/person.ts'
import { readApplication } from '#services/records/read-application.ts'
import type { FormBody } from '#web/form-body.ts'
import { type StoryRun, startStory } from '../stories/story-run.ts'
import { KLARA, MEMBERS } from './records-samples.ts'
import { ShiftedClock } from './shifted-clock.ts'

export const BODIES = ['ms-be', 'ms-de', 'ms-fr', 'uk-ca'].map((name) => `${name}/register`)
const PATIENT = { timeout: 30_000, interval: 25 }

/** As `schakel app` connects: with the partner's own keys, or for a body with those of its carrier. */
function connectOf(run: StoryRun, clock: ShiftedClock): RecordsPorts['connect'] {
  return (ref, { carries = [] } = {}) => {
    const [partner = '', endpoint = ''] = ref.split('/')
    const [owner = ''] = run.stage.readerOf(ref).split('/')
    const isBody = owner !== partner
    const identity = join(run.store.paths.partners, owner)
    return connect({
      gateway: run.gateway,
      identity,
      endpoint,
      carries,
      clock,
      outbox: join(identity, `outbox-${partner}-${endpoint}`),
      ...(isBody ? { speaksFor: run.stage.urnOf(ref) } : {}),
    })
  }
}

/** A whole Schakel with the four desks of Justis and Justid at work on it, on a clock of its own. */
export class RecordsWorld {
  readonly run: StoryRun
  readonly clock: ShiftedClock
  readonly judgments: JudicialRecord[] = []
  readonly reports: string[] = []
  #records: Records | undefined
  readonly #folder: string | null

  private constructor(run: StoryRun, clock: ShiftedClock, folder: string | null) {
    this.run = run
    this.clock = clock
    this.#folder = folder
  }

  static async start(folder: string | null = null): Promise<RecordsWorld> {
    const clock = new ShiftedClock()
    const world = new RecordsWorld(await startStory({}, clock), clock, folder)
    await world.open()
    return world
  }

  get records(): Records {
    if (!this.#records) throw new Error('closed')
    return this.#records
  }

  /** Opens the desks; again after `shut` as a new process would. */
  async open(): Promise<void> {
    const { run, clock, judgments, reports } = this
    this.#records = await openRecords({
      connect: connectOf(run, clock),
      urnOf: (ref) => run.stage.urnOf(ref),
      bodies: [...BODIES, 'ecris-tcn/centraal'],
      members: MEMBERS,
      judgments: async () => judgments,
      folder: this.#folder,
      clock,
      random: (count) => randomBytes(count),
      report: (error, about) => reports.push(`${about}: ${String(error)}`),
    })
  }

  async shut(): Promise<void> {
    await this.#records?.close()
    this.#records = undefined
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
    await this.shut()
    await this.run.close()
  }
}
