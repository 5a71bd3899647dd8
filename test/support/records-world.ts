import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { vi } from 'vitest'
import type { Connection } from '#sdk/connect.ts'
import type { CodeTables } from '#services/records/code-words.ts'
import { openRecords, type Records } from '#services/records/open-records.ts'
import type { JudicialRecord } from '#services/records/person.ts'
import { readApplication } from '#services/records/read-application.ts'
import type { FormBody } from '#web/form-body.ts'
import { ROOT } from '../rooms/source-files.ts'
import { type StoryRun, startStory } from '../stories/story-run.ts'
import { ShiftedClock } from './shifted-clock.ts'

export const BODIES = ['ms-be', 'ms-de', 'ms-fr', 'uk-ca'].map((name) => `${name}/register`)
const PATIENT = { timeout: 30_000, interval: 25 }

interface RegisterFile {
  readonly rows: readonly Readonly<Record<string, string | boolean>>[]
}

const rowsOf = (name: string) =>
  (JSON.parse(readFileSync(join(ROOT, 'contracts/register', `${name}.json`), 'utf8')) as RegisterFile).rows

export const MEMBERS = new Set([...rowsOf('ecris-members').map((row) => String(row['country'])), 'NL'])

const tableOf = (name: string, key: string) =>
  rowsOf(name).map((row) => ({
    code: String(row[key]),
    nl: String(row['nl']),
    en: String(row['en']),
    verified: row['verified'] === true,
    from: String(row['from']),
    until: String(row['until']),
  }))

export const CODES: CodeTables = {
  offences: tableOf('ecris-offences', 'offence'),
  sanctions: tableOf('ecris-sanctions', 'sanction'),
}

export const KLARA: FormBody = {
  surname: 'VOORBEELD',
  givenNames: 'KLARA TEST',
  birthDate: '1990-02-14',
  birthPlace: 'Musterstadt',
  birthCountry: 'DE',
  formerNames: '',
  nationalities: 'DE',
  vogProfile: 'CHILDREN_PAID',
  position: 'groepsleider kinderopvang',
  riskDeclared: '',
  consent: 'yes',
}

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
