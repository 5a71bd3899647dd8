/**
 * Names for synthetic lists and flights: made of syllables and of common names, in the spellings that documents and
 * airlines use. Nobody in it exists. Deterministic by its seed.
 */

/** mulberry32: 32 bits of state, enough for data of this size. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** One name, with the other ways it is written, in its own script where that is not Latin. */
export interface Spelled {
  readonly latin: string
  readonly variants: readonly string[]
  readonly native?: string
}

export interface SyntheticName {
  readonly culture: Culture
  readonly surname: Spelled
  readonly given: Spelled
  readonly second?: Spelled
}

export type Culture = (typeof CULTURES)[number]
export const CULTURES = [
  'dutch',
  'german',
  'filipino',
  'slavic',
  'greek',
  'arabic',
  'thai',
  'chinese',
  'turkish',
] as const

export const NATIONS: Readonly<Record<Culture, string>> = {
  dutch: 'NLD',
  german: 'DEU',
  filipino: 'PHL',
  slavic: 'UKR',
  greek: 'GRC',
  arabic: 'MAR',
  thai: 'THA',
  chinese: 'CHN',
  turkish: 'TUR',
}

const plain = (latin: string): Spelled => ({ latin, variants: [] })
const list = (text: string): readonly string[] => text.split(' ')

/** `latin=native=variant,variant`. */
const spelled = (text: string): readonly Spelled[] =>
  text.split(' ').map((row) => {
    const [latin = '', native, variants] = row.split('=')
    return { latin, variants: variants ? variants.split(',') : [], ...(native ? { native } : {}) }
  })

const ARABIC_GIVEN = spelled(
  'MOHAMMED=محمد=MUHAMMAD,MOHAMED,MUHAMED AHMED=أحمد=AHMAD,ACHMED HASSAN=حسن=HASAN HUSSEIN=حسين=HUSAYN,HOUSSEIN ' +
    'YOUSSEF=يوسف=YUSUF,YOUSEF KHALID=خالد=KHALED,CHALID OMAR=عمر=OUMAR,UMAR MUSTAFA=مصطفى=MOUSTAFA,MOSTAFA ' +
    'FATIMA=فاطمة=FATIMAH,FATMA KARIM=كريم=KAREEM SAMIR=سمير=SAMEER NABIL=نبيل=NABEEL RACHID=رشيد=RASHID,RASHEED ' +
    'SALIM=سليم=SALEEM JAMAL=جمال=DJAMAL TARIQ=طارق=TAREK,TARIK ZAYNAB=زينب=ZEINAB,ZAINAB LAYLA=ليلى=LEILA,LAILA',
)
const ARABIC_SURNAME = spelled(
  'BENALI=بنعلي=BENALLI MANSOUR=منصور=MANSUR,MANSOOR HADDAD=حداد=HADAD SULEIMAN=سليمان=SOLIMAN,SULAYMAN ' +
    'NASSER=ناصر=NASIR,NASER FARUK=فاروق=FAROUK,FAROOQ QASIM=قاسم=KASSEM,KASIM SALAH=صلاح=SALLAH ' +
    'SHARIF=شريف=CHERIF,SHAREEF RAHMAN=رحمان=RAHMANE BAKRI=بكري=BAKRY DARWISH=درويش=DARWICH,DERWISH ' +
    'MALIK=مالك=MALEK TAHIR=طاهر=TAHER JABIR=جابر=JABER HAMDAN=حمدان=HEMDAN',
)
const GREEK_GIVEN = spelled(
  'GEORGIOS=Γεώργιος=YEORGIOS DIMITRIOS=Δημήτριος=DEMETRIOS IOANNIS=Ιωάννης=YANNIS NIKOLAOS=Νικόλαος ELENI=Ελένη=HELENI ' +
    'SOFIA=Σοφία=SOPHIA CHRISTOS=Χρήστος=KHRISTOS EVANGELOS=Ευάγγελος ANASTASIA=Αναστασία',
)
const SLAVIC_GIVEN = spelled(
  'OLEKSANDR=Олександр=ALEKSANDR SERHII=Сергій=SERGEI,SERGIY YURII=Юрій=IURII,YURIY MYKOLA=Микола=MIKOLA OLHA=Ольга=OLGA ' +
    'NATALIIA=Наталія=NATALIA DMYTRO=Дмитро=DMITRO YULIIA=Юлія=IULIIA,YULIA ANDRII=Андрій=ANDRIY VIACHESLAV=Вячеслав',
)
const GIVEN: Readonly<Record<Exclude<Culture, 'arabic' | 'greek' | 'slavic'>, readonly string[]>> = {
  dutch: list(
    'JAN PIETER KAREL WILLEM HENDRIK JOOST MAARTEN RUBEN SANNE LOTTE FLEUR EVA JOHANNA MARIEKE BRAM DAAN THIJS NOOR',
  ),
  german: list(
    'JÜRGEN GÜNTHER JÖRG KLAUS DIETER STEFAN BÄRBEL KÄTHE UTE SABINE HANS WOLFGANG MATTHIAS BJÖRN ANKE',
  ),
  filipino: list(
    'MARIA JOSE JUAN ANTONIO ROSARIO CRISTINA ANGELO RICARDO LOURDES CARMELA JOY MARK ROWENA DANILO ARNEL',
  ),
  thai: list(
    'SOMCHAI SOMSAK PRASERT WICHAI SUPAPORN MALEE NARONG ANONG CHAIWAT SIRIPORN KANYA PICHIT THAWEESAK',
  ),
  chinese: list('WEI XIAOMING JING LEI YAN HUI MINGZHU JIANGUO LIHUA XIULAN GUANGMING YONG PENG TAO'),
  turkish: list('MEHMET AHMET MUSTAFA AYŞE EMİNE ÖZGÜR GÜLŞEN ÇAĞLAR İBRAHİM HÜSEYİN ZEYNEP UĞUR FATMA'),
}

/** Less common given names are made of common ones. */
const ENDINGS = list('A E O INE IN EL ETTE ITA US ANA ILDE AN ARD MAR LINDE ESKA IS OLA')

const SYLLABLES: Readonly<Record<Culture, readonly (readonly string[])[]>> = {
  dutch: [
    list(
      'BOEK BERK DIEP EIK GRAAF HOOG KLEI LIND MOL NIEUW OST PAAL ROOS SCHAAP STEEN TIM VEEN WATER ZAND HEI BROEK KAMP',
    ),
    list('EN ER EL E A'),
    list('BERG VELD MAN SMA STRA HUIS LAAR DIJK HOVEN INK BOS WOUDE BEEK DAM KERK MEER'),
  ],
  german: [
    list('MÜL SCHNEI FISCH WE BAU HOF KÖH SCHÄ GRÜN BRAU ZIM LANG KRÄ VOG STEIN HART'),
    list('D T L M B N'),
    list('ER MANN BERGER INGER HÖFER ERT AUER ERS ICH KE'),
  ],
  filipino: [
    list('SAN BAU REY GAR MEN FER VIL CAS DEL MAG PAN RA TOR CRU LIM BA DI'),
    list('TO TIS NA CIA DO NAN LA TI GA SAY GA MI RES Z O LO'),
    list('S Z N NO RA DA RO TE LAN YO'),
  ],
  slavic: [
    list('КОВАЛ БОНДАР ШЕВЧ МЕЛЬН ТКАЧ КРАВЧ ЛИС ПЕТР ІВАН ЖУК ЩЕРБ ХАРЧ ЦИБ ЮРЧ ЯКОВ ГРИГОР'),
    list('Е И У О А'),
    list('НКО К ЧУК В ВИЧ ЛЬ ЦЬ ШИН РЕНКО'),
  ],
  greek: [
    list('ΠΑΠΑ ΓΕΩΡΓ ΔΗΜΗΤΡ ΝΙΚΟΛ ΚΩΝΣΤ ΜΑΚΡ ΧΡΙΣΤ ΑΘΑΝ ΘΕΟΔ ΣΤΑΥΡ ΦΙΛΙΠΠ ΚΑΛ'),
    list('Α Ο Ι Ε ΑΝ ΑΡ'),
    list('ΠΟΥΛΟΣ ΔΗΣ ΚΗΣ ΙΔΗΣ ΑΚΗΣ ΟΓΛΟΥ ΕΑΣ ΑΚΟΣ'),
  ],
  arabic: [
    list('BEN ABU AL EL'),
    list('HA SA MA RA KHA ZA JA NA TA FA'),
    list('LIM RIF DIR MID SIN BIR YAD MUD LIK ZIZ'),
  ],
  thai: [
    list('SUK RAT THONG BOON CHAI SRI WONG PHAN KITTI PRA SOM JIT NAK VI'),
    list('SA NA PHA TA WAN CHA RA THI'),
    list('KUL DEE SRI PONG CHAI WAT RUNG PORN SIRI YOTHIN'),
  ],
  chinese: [
    list('WANG LI ZHANG LIU CHEN YANG HUANG ZHAO WU ZHOU XU SUN MA ZHU HU GUO HE LIN GAO LUO'),
    [''],
    [''],
  ],
  turkish: [
    list('YIL KA ÖZ DE AY ŞA ÇE GÜ ER KO DO SAR AR BUL'),
    list('DI PLA DO MI DE HI TI N K Ç'),
    list('Z N M R OĞLU LI ER TAŞ CAN SOY'),
  ],
}

/** Ukrainian as passports write it (resolution 55 of 2010): another table than ours, on purpose. */
const PASSPORT: Readonly<Record<string, string>> = Object.fromEntries(
  'А=A Б=B В=V Г=H Д=D Е=E Ж=ZH И=Y І=I Й=I К=K Л=L М=M Н=N О=O П=P Р=R С=S Т=T У=U Х=KH Ц=TS Ч=CH Ш=SH Щ=SHCH Ь= Ю=YU Я=YA'
    .split(' ')
    .map((row) => row.split('=') as [string, string]),
)
const GREEK_PASSPORT: readonly (readonly [RegExp, string])[] =
  'ΟΥ=OU Α=A Β=V Γ=G Δ=D Ε=E Ζ=Z Η=I Θ=TH Ι=I Κ=K Λ=L Μ=M Ν=N Ο=O Π=P Ρ=R Σ=S Τ=T Υ=Y Φ=F Χ=CH Ω=O'
    .split(' ')
    .map((row) => row.split('='))
    .map(([from = '', to = '']) => [new RegExp(from, 'g'), to] as const)

const inPassport = (native: string): string =>
  [...native].map((letter) => PASSPORT[letter] ?? letter).join('')
const greekInPassport = (native: string): string =>
  GREEK_PASSPORT.reduce((text, [from, to]) => text.replace(from, to), native)

/** Some names are common: the square of a uniform number. */
function pick<T>(random: () => number, from: readonly T[]): T {
  const found = from[Math.floor(random() ** 2 * from.length)]
  if (found === undefined) throw new RangeError('nothing to pick from')
  return found
}

function surnameOf(culture: Culture, random: () => number): Spelled {
  if (culture === 'arabic' && random() < 0.6) return pick(random, ARABIC_SURNAME)
  const parts = SYLLABLES[culture]
  const longer = culture !== 'chinese' && random() < 0.6 ? [parts[1] ?? [], parts[0] ?? []] : []
  const [first = [], ...rest] = parts
  const made = [first, ...longer, ...rest].map((part) => pick(random, part)).join('')
  switch (culture) {
    case 'slavic':
      return { latin: inPassport(made), native: made, variants: [] }
    case 'greek':
      return { latin: greekInPassport(made), native: made, variants: [] }
    case 'dutch':
      return plain(`${pick(random, ['', 'VAN DER ', 'DE ', 'VAN ', 'VAN DEN '])}${made}`)
    case 'filipino':
      return plain(`${pick(random, ['', '', 'DELA ', 'DE LOS '])}${made}`)
    case 'arabic':
    case 'chinese':
    case 'german':
    case 'thai':
    case 'turkish':
      return plain(made)
  }
}

function givenOf(culture: Culture, random: () => number): Spelled {
  switch (culture) {
    case 'arabic':
      return pick(random, ARABIC_GIVEN)
    case 'greek':
      return pick(random, GREEK_GIVEN)
    case 'slavic':
      return pick(random, SLAVIC_GIVEN)
    case 'chinese':
    case 'dutch':
    case 'filipino':
    case 'german':
    case 'thai':
    case 'turkish':
      return plain(pick(random, GIVEN[culture]) + (random() < 0.7 ? '' : pick(random, ENDINGS)))
  }
}

export function syntheticName(random: () => number): SyntheticName {
  const culture = CULTURES[Math.floor(random() * CULTURES.length)] ?? 'dutch'
  const second = random() < 0.5 ? givenOf(culture, random) : undefined
  return {
    culture,
    surname: surnameOf(culture, random),
    given: givenOf(culture, random),
    ...(second ? { second } : {}),
  }
}
