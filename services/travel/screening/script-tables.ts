/**
 * Letters of other scripts in A–Z. Sources: ICAO Doc 9303-3 (8th ed.) §6, tables A (Latin), B (Cyrillic) and C (Arabic);
 * Greek after ELOT 743 / ISO 843. Where 9303 gives a choice by language, its first recommendation stands here and
 * `fold` takes the variants together. Thai, Chinese and other scripts have no table here: their names are compared as
 * they are written, and found in Latin only by a Latin alias.
 */

function table(rows: string): ReadonlyMap<string, string> {
  return new Map(
    rows.split(' ').map((row) => {
      const [letter = '', latin = ''] = row.split('=')
      return [letter, latin] as const
    }),
  )
}

/** Letters that are no base letter with a mark. */
export const LATIN = table(
  'Ä=AE Å=AA Æ=AE Ö=OE Ø=OE Œ=OE Ü=UE ẞ=SS ß=SS Ð=D Đ=D Þ=TH Ł=L Ħ=H Ŋ=N Ĳ=IJ ı=I Ŧ=T Ŀ=L Ə=A',
)

export const CYRILLIC = table(
  'А=A Б=B В=V Г=G Д=D Е=E Ё=E Ж=ZH З=Z И=I Й=I К=K Л=L М=M Н=N О=O П=P Р=R С=S Т=T У=U Ф=F Х=KH Ц=TS Ч=CH Ш=SH ' +
    'Щ=SHCH Ъ=IE Ы=Y Ь= Э=E Ю=IU Я=IA Ђ=D Ѓ=G Є=IE Ѕ=DZ І=I Ї=I Ј=J Љ=LJ Њ=NJ Ћ=C Ќ=K Ў=U Џ=DZ Ґ=G Ѵ=Y',
)

/** Pairs first; `αυ` and `ευ` before a voiceless letter are taken as before a voiced one: `fold` cannot tell either. */
export const GREEK_PAIRS = table('ΑΥ=AV ΕΥ=EV ΗΥ=IV ΟΥ=OU ΓΓ=NG ΓΞ=NX ΓΧ=NCH')

export const GREEK = table(
  'Α=A Β=V Γ=G Δ=D Ε=E Ζ=Z Η=I Θ=TH Ι=I Κ=K Λ=L Μ=M Ν=N Ξ=X Ο=O Π=P Ρ=R Σ=S Τ=T Υ=Y Φ=F Χ=CH Ψ=PS Ω=O',
)

/**
 * Table C without its escape letter X, which no passport in use shows: airlines send what stands in the Latin line.
 * Vowel signs are not encoded there; `consonantsOf` compares such names with vowelled ones.
 */
export const ARABIC = table(
  'ء= آ=A أ=A ؤ=U إ=I ئ=I ا=A ب=B ة=AH ت=T ث=TH ج=J ح=H خ=KH د=D ذ=DH ر=R ز=Z س=S ش=SH ص=S ض=D ط=T ظ=Z ع=E غ=G ' +
    'ف=F ق=Q ك=K ل=L م=M ن=N ه=H و=W ى=A ي=Y ٱ=A ٹ=T پ=P چ=C ڈ=D ڑ=R ژ=J ک=K گ=G ں=N ھ=H ہ=H ۃ=AH ی=Y ے=Y',
)
