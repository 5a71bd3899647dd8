import { EDIFACT_LIMITS } from './limits.ts'
import { type Position, refuse } from './refusal.ts'

/** What was mended, by name. `bulk` ones are listed once, with a count and where the first was. */
export const REPAIRS = {
  'noise-before': {
    bulk: true,
    en: 'text before UNA or UNB left out',
    nl: 'tekst vóór UNA of UNB weggelaten',
  },
  'noise-after': { bulk: true, en: 'text after UNZ left out', nl: 'tekst na UNZ weggelaten' },
  'control-character': { bulk: true, en: 'control characters left out', nl: 'stuurtekens weggelaten' },
  'line-break-in-segment': {
    bulk: true,
    en: 'lines broken inside a segment joined',
    nl: 'regels die in een segment braken weer verbonden',
  },
  'last-terminator': { bulk: true, en: 'terminator of UNZ was missing', nl: 'UNZ was niet afgesloten' },
  'outside-repertoire': {
    bulk: true,
    en: 'characters outside the declared repertoire kept',
    nl: 'tekens buiten de opgegeven tekenset behouden',
  },
  'undeclared-utf-8': { bulk: true, en: 'read as UTF-8, which was not declared', nl: 'gelezen als UTF-8' },
  'undeclared-latin-1': {
    bulk: true,
    en: 'read as ISO 8859-1, which was not declared',
    nl: 'gelezen als ISO 8859-1',
  },
  'segment-count': {
    bulk: false,
    en: 'UNT counts other segments, but the control total agrees',
    nl: 'UNT telt andere segmenten, maar de controletelling klopt',
  },
  'trailer-reference': {
    bulk: false,
    en: 'UNE or UNZ names another reference, but all counts agree',
    nl: 'UNE of UNZ noemt een andere referentie, maar alle tellingen kloppen',
  },
  'control-total-form': {
    bulk: false,
    en: 'CNT value stood in an element of its own',
    nl: 'CNT anders geschreven',
  },
  'name-by-slash': {
    bulk: false,
    en: 'surname and given name parted at the slash',
    nl: 'naam gesplitst bij de streep',
  },
  'unreadable-birth-date': { bulk: false, en: 'birth date left out', nl: 'geboortedatum weggelaten' },
  'unreadable-document-date': { bulk: false, en: 'document date left out', nl: 'documentdatum weggelaten' },
  'unreadable-flight-time': { bulk: false, en: 'flight time left out', nl: 'vluchttijd weggelaten' },
  'unknown-gender': { bulk: false, en: 'gender code left out', nl: 'geslachtscode weggelaten' },
  'unreadable-travel-document': {
    bulk: false,
    en: 'SSR DOCS line left unread',
    nl: 'SSR DOCS-regel niet gelezen',
  },
} as const satisfies Record<string, { readonly bulk: boolean; readonly en: string; readonly nl: string }>

export type RepairName = keyof typeof REPAIRS

export interface Repair extends Position {
  readonly name: RepairName
  /** How often; `segment`, `tag` and `offset` are those of the first. */
  readonly count: number
}

export interface RepairList {
  note(name: RepairName, at: Position): void
  all(): readonly Repair[]
}

/** Collects repairs in the order met. Throws `EDI_MANGLED` past the limit. */
export function repairList(): RepairList {
  const list: Repair[] = []
  const bulk = new Map<RepairName, number>()
  return {
    note(name, at) {
      const known = bulk.get(name)
      const earlier = known === undefined ? undefined : list[known]
      if (known !== undefined && earlier !== undefined) {
        list[known] = { ...earlier, count: earlier.count + 1 }
        return
      }
      if (list.length >= EDIFACT_LIMITS.repairs) refuse('EDI_MANGLED', at)
      if (REPAIRS[name].bulk) bulk.set(name, list.length)
      list.push({ name, count: 1, segment: at.segment, tag: at.tag, offset: at.offset })
    },
    all: () => list,
  }
}
