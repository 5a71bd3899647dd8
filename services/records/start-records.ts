import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Door } from '#web/door.ts'
import { html } from '#web/html.ts'
import { listen, openSite } from '#web/site.ts'
import type { CodeTables } from './code-words.ts'
import { openRecords, type RecordsPorts } from './open-records.ts'
import type { Locale, RecordsSite } from './pages/page.ts'
import { recordsPages, rolesFor } from './pages/records-pages.ts'
import type { RecordsTexts } from './pages/texts.ts'
import { EN } from './pages/texts-en.ts'
import { NL } from './pages/texts-nl.ts'
import type { JudicialRecord } from './person.ts'
import { identityKey } from './register.ts'

export interface StartPorts extends Omit<RecordsPorts, 'judgments' | 'folder'> {
  readonly folder: string
  readonly codes: CodeTables
  /** `partner/endpoint` of an address, for reading. */
  readonly refOf: (urn: string) => string
  readonly door: Door
  readonly host: string
  /** 0: any free one. */
  readonly port: number
}

/** The site alone, without anything behind it: for `startRecords` and for tests. */
export function recordsSite(door: Door, report: RecordsPorts['report']): RecordsSite & Served {
  return openSite<RecordsTexts>({
    texts: { nl: NL, en: EN },
    menu: [
      { path: '/certificate', label: ({ menu }) => menu.certificate },
      { path: '/counter', label: ({ menu }) => menu.counter },
      { path: '/vog', label: ({ menu }) => menu.vog },
      { path: '/justid', label: ({ menu }) => menu.justid },
    ],
    rolesFor,
    door,
    footer: ({ texts }: Locale) => html`<p>${texts.footer}</p>`,
    report,
  })
}

type Served = ReturnType<typeof openSite<RecordsTexts>>

/**
 * `judgments.json` in the folder: surname, given names, date of birth and rows of each; a partner puts the judicial documentation
 * here. No file: nobody was judged.
 */
async function readJudgments(folder: string): Promise<ReadonlyMap<string, readonly JudicialRecord[]>> {
  const text = await readFile(join(folder, 'judgments.json'), 'utf8').catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '[]'
      throw error
    },
  )
  const rows = JSON.parse(text) as readonly {
    readonly surname: string
    readonly givenNames: string
    readonly birthDate: string
    readonly records: readonly JudicialRecord[]
  }[]
  const nobody = { birthPlace: null, birthCountry: null, formerNames: null }
  return new Map(rows.map((row) => [identityKey({ ...nobody, ...row }), row.records]))
}

/** Opens the desks, serves their pages on loopback. `close` ends both; what was begun goes on at the next start. */
export async function startRecords(
  ports: StartPorts,
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const judgments = await readJudgments(ports.folder)
  const records = await openRecords({
    ...ports,
    judgments: async (identity) => judgments.get(identityKey(identity)) ?? [],
  })
  try {
    const site = recordsSite(ports.door, ports.report)
    const now = () => ports.clock.now()
    recordsPages({ site, records, codes: ports.codes, now, refOf: ports.refOf })
    const listening = await listen(site, ports.host, ports.port)
    return {
      url: listening.url,
      async close() {
        await listening.close()
        await records.close()
      },
    }
  } catch (error) {
    await records.close()
    throw error
  }
}
