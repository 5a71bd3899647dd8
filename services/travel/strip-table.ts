/**
 * What of a reservation may be kept, and what is sensitive. A list of what may stay: what nobody listed goes, so a new
 * code of the industry is removed until somebody reads the law for it.
 */
export interface Kept {
  /** Item of bijlage 1 PNR-wet, which is Annex I of Directive (EU) 2016/681; 0: structure of the message itself. */
  readonly item: number
}

export interface Source {
  readonly article: string
  readonly verified: boolean
}

/** Articles this rests on. `verified` as `domain.md` §2.1 flags the text: the Act was read, the Directive was not. */
export const STRIP_SOURCES = {
  sensitive: { article: 'PNR-wet 19', verified: true },
  notListed: { article: 'PNR-wet 20(1)(b)', verified: true },
  items: { article: 'Dir (EU) 2016/681 Annex I', verified: false },
  categories: { article: 'Dir (EU) 2016/681 art. 13(4)', verified: false },
  /** Meaning of SSR codes: IATA AIRIMP as PADIS implementation guides quote it; the manual itself was not read. */
  codes: { article: 'IATA AIRIMP 3', verified: false },
} as const satisfies Record<string, Source>

const items = (rows: Readonly<Record<number, string>>): ReadonlyMap<string, Kept> =>
  new Map(
    Object.entries(rows).flatMap(([item, names]) =>
      names.split(' ').map((name) => [name, { item: Number(item) }] as const),
    ),
  )

/** Segments of PNRGOV by item. SSR is looked up by its code, free text by its words. */
export const KEPT_SEGMENTS = items({
  0: 'MSG EQN SRC REF SSR',
  1: 'RCI',
  2: 'DAT',
  4: 'TIF',
  5: 'ADD',
  6: 'FOP',
  7: 'TVL APD',
  8: 'FTI',
  9: 'ORG ABI',
  10: 'RPI TRI',
  12: 'IFT',
  13: 'TKT FAR MON PTK TXD',
  14: 'SSD',
  15: 'TRA',
  16: 'TBD EBD',
  19: 'SAC LTS',
})

/** SSR codes by item. */
export const KEPT_CODES = items({
  4: 'INFT',
  5: 'CTCE CTCM CTCR',
  8: 'FQTV FQTU FQTR FQTS',
  10: 'CKIN',
  12: 'OTHS UMNR',
  13: 'TKNE TKNM TKNA TKTL ADTK',
  14: 'SEAT NSST NSSA NSSW NSSB RQST SMST EXST',
  16: 'XBAG CBBG',
  18: 'DOCS DOCA DOCO',
})

export type SensitiveCategory = 'belief' | 'health'

const categories = (
  rows: Readonly<Record<SensitiveCategory, string>>,
): ReadonlyMap<string, SensitiveCategory> =>
  new Map(
    (['belief', 'health'] as const).flatMap((category) =>
      rows[category].split(' ').map((name) => [name, category] as const),
    ),
  )

/** SSR codes that say something of belief or health: meals, and assistance. */
export const SENSITIVE_CODES = categories({
  belief: 'KSML MOML HNML AVML VJML VOML VGML VLML',
  health:
    'DBML GFML LSML LFML LCML NLML BLML PFML MEDA STCR OXYG PPOC WCHR WCHS WCHC WCBD WCBW WCLB WCMP WCOB BLND ' +
    'DEAF DPNA LEGB LEGL LEGR SVAN ESAN MAAS',
})

/** Words that make a line of free text go, in English and Dutch. Whole words, any case. */
export const SENSITIVE_WORDS = categories({
  belief:
    'KOSHER HALAL HINDU MUSLIM MOSLIM JEWISH JOODS JAIN VEGAN VEGETARIAN VEGETARISCH RELIGIOUS RELIGIE PILGRIM ' +
    'PELGRIM HAJJ UMRAH CLERGY UNION VAKBOND',
  health:
    'WHEELCHAIR ROLSTOEL DIABETIC DIABEET DIABETES MEDICAL MEDISCH MEDICATION MEDICIJN MEDICIJNEN OXYGEN ZUURSTOF ' +
    'BLIND DEAF DOOF STRETCHER BRANCARD PREGNANT ZWANGER ALLERGY ALLERGIE ALLERGIC EPILEPSY EPILEPSIE DISABLED ' +
    'GEHANDICAPT INSULIN INSULINE',
})
