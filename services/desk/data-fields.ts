import type { FormMember, Shape, TypeForm } from '#sdk/catalogue.ts'
import type { FormBody } from '#web/form-body.ts'
import { type FormField, formField } from '#web/form-field.ts'
import { type Html, html } from '#web/html.ts'
import { DESK_LIMITS } from './limits.ts'
import type { PageView } from './page-view.ts'
import { isLines, rowsName, rowsOf, withholdName } from './read-data.ts'
import { spaced } from './show-value.ts'

export interface FieldsInput {
  readonly body: FormBody
  /** By pointer: what is wrong, in words. */
  readonly errors: Readonly<Record<string, string>>
  readonly view: PageView
}

type Simple = Exclude<Shape, { kind: 'array' | 'record' }>

const KINDS: Readonly<Record<string, FormField['kind']>> = {
  text: 'text',
  date: 'date',
  'date-time': 'datetime-local',
}

function simpleField(shape: Simple, field: Omit<FormField, 'kind'>, { texts, words }: PageView): Html {
  switch (shape.kind) {
    case 'boolean':
      return formField({
        ...field,
        kind: 'radio',
        choices: [
          { value: 'yes', label: texts.yes },
          { value: 'no', label: texts.no },
        ],
      })
    case 'enum': {
      const symbols = shape.symbols.map((value) => ({ value, label: words.code(shape.name, value) }))
      return formField({
        ...field,
        kind: 'choice',
        choices: [{ value: '', label: texts.compose.pick }, ...symbols],
      })
    }
    case 'int':
    case 'long':
      return formField({ ...field, kind: 'line', maxLength: 16 })
    case 'string': {
      const kind = KINDS[shape.format ?? ''] ?? 'line'
      const hint = kind === 'datetime-local' ? texts.compose.dutchTime : undefined
      return formField({
        ...field,
        kind,
        hint,
        ...(shape.maxLength === null ? {} : { maxLength: shape.maxLength }),
      })
    }
  }
}

/** The input of one value, named by its JSON pointer; of a record or rows, a group of them. */
function shapeField(shape: Shape, pointer: string, label: string, input: FieldsInput): Html {
  const { body, errors, view } = input
  const own = { name: pointer, label, value: body[pointer], error: errors[pointer] }
  switch (shape.kind) {
    case 'record':
      return group(shape, pointer, label, input)
    case 'array':
      return isLines(shape)
        ? formField({ ...own, kind: 'text', hint: view.texts.compose.linesHint })
        : rows(shape, pointer, label, input)
    case 'boolean':
    case 'enum':
    case 'int':
    case 'long':
    case 'string':
      return simpleField(shape, own, view)
  }
}

const labelOf = (label: string, nullable: boolean, { texts }: PageView): string =>
  nullable ? texts.compose.optional(label) : label

function group(
  shape: Extract<Shape, { kind: 'record' }>,
  pointer: string,
  label: string,
  input: FieldsInput,
): Html {
  const fields = shape.fields.map((field) =>
    shapeField(
      field.shape,
      `${pointer}/${field.name}`,
      labelOf(spaced(field.name), field.nullable, input.view),
      input,
    ),
  )
  const error = input.errors[pointer]
  return html`<fieldset class="field" id="${pointer}"><legend>${label}</legend>${error && html`<p class="error">${error}</p>`}${fields}</fieldset>`
}

function rows(
  shape: Extract<Shape, { kind: 'array' }>,
  pointer: string,
  label: string,
  input: FieldsInput,
): Html {
  const { texts } = input.view
  const count = rowsOf(pointer, shape, input.body)
  const fields = Array.from({ length: count }, (_, row) =>
    shapeField(shape.items, `${pointer}/${row}`, texts.compose.row(label, row + 1), input),
  )
  const more = count < Math.min(shape.maxItems, DESK_LIMITS.rowsMost)
  const error = input.errors[pointer]
  return html`<div id="${pointer}"><input type="hidden" name="${rowsName(pointer)}" value="${count}">${error && html`<p class="error">${error}</p>`}${fields}${
    more &&
    html`<div class="actions"><button type="submit" name="more" value="${pointer}">${texts.compose.more(label)}</button></div>`
  }</div>`
}

function memberField(field: FormMember, input: FieldsInput): Html {
  const { view, body } = input
  const words = field[view.lang]
  const one = shapeField(field.shape, `/data/${field.name}`, labelOf(words, field.nullable, view), input)
  if (!field.nullable) return one
  const name = withholdName(field.name)
  return html`${one}${formField({ name, label: view.texts.compose.keep(words), kind: 'check', value: body[name] })}`
}

/** Every field of the type's schema as a form. */
export const dataFields = (form: TypeForm, input: FieldsInput): Html =>
  html`${form.fields.map((field) => memberField(field, input))}`
