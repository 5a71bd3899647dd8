import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { SignedIn } from '#web/door.ts'
import type { FormBody } from '#web/form-body.ts'
import type { FormField } from '#web/form-field.ts'
import { errorSummary, formField } from '#web/form-field.ts'
import { type Html, html } from '#web/html.ts'
import type { PageLocale } from '#web/page-locale.ts'
import { PageRefusal } from '#web/page-refusal.ts'
import type { CodeTables } from '../code-words.ts'
import { NotNow } from '../desk.ts'
import type { Records } from '../open-records.ts'
import type { Faults } from '../read-fields.ts'
import type { Person } from '../vog-messages.ts'
import type { RecordsTexts } from './texts.ts'

export type Locale = PageLocale<RecordsTexts>

export interface Page {
  readonly title: string
  readonly main: Html
  /** Path of the menu entry that it stands below. */
  readonly below?: string
}

/** What these pages need of the site that serves them. */
export interface RecordsSite {
  readonly server: FastifyInstance
  locale(request: FastifyRequest): Locale
  user(request: FastifyRequest): SignedIn | undefined
  link(request: FastifyRequest, path: string, parameters?: Readonly<Record<string, string | null>>): string
  page(request: FastifyRequest, reply: FastifyReply, page: Page): FastifyReply | Promise<FastifyReply>
}

export interface PageParts {
  readonly site: RecordsSite
  readonly records: Records
  readonly codes: CodeTables
  readonly now: () => number
  /** `partner/endpoint` of an address, for reading. */
  readonly refOf: (urn: string) => string
}

export type Get = { Querystring: Readonly<Record<string, unknown>> }
export type Post = { Body: FormBody | undefined }

/** What cannot be done now says so (409), and changes nothing. */
export async function orConflict<T>(doing: Promise<T>): Promise<T> {
  try {
    return await doing
  } catch (error) {
    throw error instanceof NotNow ? new PageRefusal(409) : error
  }
}

/** A text of the query; empty when there is none. */
export function asked(request: FastifyRequest, name: string): string {
  const value = (request.query as Readonly<Record<string, unknown>>)[name]
  return typeof value === 'string' ? value : ''
}

/** Who signed in: the roles of the path have let nobody else in. */
export function personOf(site: RecordsSite, request: FastifyRequest): Person {
  const user = site.user(request)
  if (!user) throw new PageRefusal(401)
  return { actor: user.actor }
}

/** A field with its value and what is wrong with it. */
export type FieldOf = (field: Omit<FormField, 'value' | 'error'> & { readonly value?: string }) => Html

export function fieldsOf(locale: Locale, body: FormBody, faults: Faults): FieldOf {
  return (field) => {
    const fault = faults[field.name]
    const error = fault === undefined ? {} : { error: locale.texts.faults[fault] }
    return formField({ ...field, value: body[field.name] ?? field.value, ...error })
  }
}

/** At the head of a form that was not accepted; nothing otherwise. `labels`: of the fields that may be wrong. */
export function summary(
  locale: Locale,
  faults: Faults,
  labels: Readonly<Record<string, string>>,
): Html | false {
  const wrong = Object.entries(faults)
  if (wrong.length === 0) return false
  const errors = wrong.map(([name, fault]) => [
    name,
    `${labels[name] ?? name}: ${locale.texts.faults[fault]}`,
  ])
  return errorSummary(locale.texts.wrongTitle, Object.fromEntries(errors))
}

export const hidden = (name: string, value: string): Html =>
  html`<input type="hidden" name="${name}" value="${value}">`

export const button = (label: string): Html =>
  html`<div class="actions"><button type="submit">${label}</button></div>`
