import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import type { MessageType } from '#core/decision/epoch.ts'
import type { DataFault } from './check-data.ts'
import { OWN_KEYWORDS, presentedSchema } from './presented-schema.ts'
import { STRING_FORMATS } from './string-format.ts'

const COMPILED_MAX = 256
const compiled = new Map<string, ValidateFunction>()

/** A validator for the presented schemas: strict, our annotations known, `date` and `date-time` as narrow as at the exchange. */
export function presentedValidator(): Ajv2020 {
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: false, validateFormats: true })
  ajv.addVocabulary([...OWN_KEYWORDS])
  ajv.addFormat('date', STRING_FORMATS.date.holds)
  ajv.addFormat('date-time', STRING_FORMATS['date-time'].holds)
  return ajv
}

/** Data as presented to a recipient. null when it fits, else the first place that does not; never throws on data. */
export function checkPresented(type: MessageType, data: unknown): DataFault | null {
  let validate = compiled.get(type.sha256)
  if (!validate) {
    validate = presentedValidator().compile(presentedSchema(type.vct, type.text))
    if (compiled.size >= COMPILED_MAX) compiled.clear()
    compiled.set(type.sha256, validate)
  }
  if (!validate(data)) return { pointer: validate.errors?.[0]?.instancePath ?? '' }
  const broken = malformedAt(data, '')
  return broken === null ? null : { pointer: broken }
}

/** Half a surrogate pair is legal in JSON and invisible to a pattern; `data` has already the bounded depth of its schema. */
function malformedAt(value: unknown, pointer: string): string | null {
  if (typeof value === 'string') return value.isWellFormed() ? null : pointer
  if (typeof value !== 'object' || value === null) return null
  for (const [name, member] of Object.entries(value)) {
    const broken = malformedAt(member, `${pointer}/${name}`)
    if (broken !== null) return broken
  }
  return null
}
