import type { FastifyReply, FastifyRequest } from 'fastify'
import type { TypeForm } from '#sdk/catalogue.ts'
import { SchakelError } from '#sdk/sdk-error.ts'
import type { FormBody } from '#web/form-body.ts'
import { notFound, PageRefusal } from '#web/page-refusal.ts'
import { chooseTypePage } from './choose-type-page.ts'
import { composePage } from './compose-pages.ts'
import type { DeskContext } from './desk-context.ts'
import { DESK_LIMITS } from './limits.ts'
import type { PageView } from './page-view.ts'
import { previewPage } from './preview-page.ts'
import { type Faults, rowsName } from './read-data.ts'
import { type Draft, evidenceName, readPublication } from './read-publication.ts'

const CARRIED = ['inReplyTo', 'supersedes', 'evidence'] as const
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const WAIT_SECONDS = 10

interface Composing {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly form: TypeForm
  readonly view: PageView
  readonly body: FormBody
  readonly id: string
}

/** Composing a message of any type that may go from this endpoint: choose, fill in, see what each would see, send. */
export function composeRoutes(context: DeskContext): void {
  const { site } = context
  site.server.get<{ Querystring: Readonly<Record<string, unknown>> }>('/compose', async (request, reply) => {
    const asked = carried(request.query)
    const { type } = request.query
    if (typeof type === 'string' && type !== '')
      return reply.redirect(site.link(request, `/compose/${encodeURIComponent(type)}`, asked), 303)
    const { words } = await context.view(request, [])
    const types = [...new Set(words.routes.routes.map((route) => route.type))]
    return site.page(request, reply, chooseTypePage(types, asked, await context.view(request, types)))
  })

  site.server.get<{ Params: { type: string }; Querystring: Readonly<Record<string, unknown>> }>(
    '/compose/:type',
    async (request, reply) => {
      const asked = carried(request.query)
      const { evidence, inReplyTo = '', supersedes = '' } = asked
      const body = {
        '/inReplyTo': inReplyTo,
        '/supersedes': supersedes,
        ...(evidence === undefined ? {} : { [evidenceName(evidence)]: 'yes' }),
      }
      const composing = await begin(context, request, reply, request.params.type, body)
      return showForm(context, composing, {})
    },
  )

  site.server.post<{ Params: { type: string }; Body: FormBody | undefined }>(
    '/compose/:type',
    async (request, reply) => {
      const body = request.body ?? {}
      const { more, step } = body
      const composing = await begin(context, request, reply, request.params.type, body)
      if (more !== undefined) {
        if (Object.keys(body).length > DESK_LIMITS.fieldsMost)
          return showForm(context, composing, { [more]: 'full' })
        return showForm(context, { ...composing, body: withRow(body, more) }, {})
      }
      if (step === 'change') return showForm(context, composing, {})
      const draft = readPublication(
        { ...offered(context, composing), form: composing.form, actor: context.user(request).actor },
        body,
      )
      if (!draft.publication) return showForm(context, composing, draft.faults)
      if (step === 'send') return send(context, composing, draft.publication)
      const whole = { ...body, id: composing.id }
      return site.page(request, reply, previewPage(composing.form, draft, whole, composing.view))
    },
  )
}

/** Hand-offs that a link named: to answer, to supersede, to attach. */
function carried(query: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  const found: Record<string, string> = {}
  for (const name of CARRIED) {
    const value = query[name]
    if (typeof value === 'string' && /^ho-[0-9a-f-]{3,60}$/.test(value)) found[name] = value
  }
  return found
}

async function begin(
  context: DeskContext,
  request: FastifyRequest,
  reply: FastifyReply,
  type: string,
  body: FormBody,
): Promise<Composing> {
  const { store, newId } = context.ports
  const types = [
    ...store.received(DESK_LIMITS.evidenceOffered),
    ...store.sent(DESK_LIMITS.evidenceOffered),
  ].map((row) => row.type)
  const view = await context.view(request, [type, ...types])
  const form = view.words.form(type) ?? notFound()
  const { id = '' } = body
  return { request, reply, form, view, body, id: UUID.test(id) ? id : newId() }
}

/** What the form may offer: routes of this type, labels that lie here, hand-offs that were sent. */
function offered({ ports }: DeskContext, { form, view }: Composing) {
  const received = ports.store
    .received(DESK_LIMITS.evidenceOffered)
    .filter(({ approval }) => approval === null)
  const routes = view.words.routes.routes.filter(({ type }) => type === form.name)
  return { received, routes, sent: ports.store.sent(DESK_LIMITS.evidenceOffered) }
}

function showForm(context: DeskContext, composing: Composing, faults: Faults): FastifyReply {
  const { request, form, body, id, view } = composing
  const reply = Object.keys(faults).length > 0 ? composing.reply.code(400) : composing.reply
  return context.site.page(
    request,
    reply,
    composePage({ ...offered(context, composing), form, body, faults, id }, view),
  )
}

/** One row more of the array at `pointer`. */
function withRow(body: FormBody, pointer: string): FormBody {
  const name = rowsName(pointer)
  return { ...body, [name]: String(Number(body[name] ?? 1) + 1) }
}

type Publication = NonNullable<Draft['publication']>

/** Signs and sends. The same page sent twice is one message; what the exchange refuses at once goes back to the form. */
async function send(
  context: DeskContext,
  composing: Composing,
  publication: Publication,
): Promise<FastifyReply> {
  const { site, ports } = context
  const { request, reply, form, id } = composing
  const { store, connection, clock } = ports
  const target = site.link(request, `/out/${id}`)
  if (store.sentOne(id)) return reply.redirect(target, 303)
  const row = { message: id, type: form.name, at: clock.now(), actor: publication.preparedBy.actor }
  try {
    const status = await connection.publish(form.vct, { ...publication, id, wait: WAIT_SECONDS })
    store.putSent({ ...row, status })
  } catch (error) {
    if (!(error instanceof SchakelError)) throw error
    if (error.code.startsWith('MSG_') && error.pointer !== null)
      return showForm(context, composing, { [nearest(error.pointer)]: 'refused' })
    if (!error.retryable) throw new PageRefusal(503, error.code)
    if (!(await isStored(context, id))) return showForm(context, composing, { '': 'unsent' })
    store.putSent({ ...row, status: { id, state: 'accepted', at: null, error: null, handoffs: [] } })
  }
  return reply.redirect(target, 303)
}

/** Whether the sealed bytes lie in the outbox: then the desk sends them by itself; else nothing was signed at all. */
async function isStored({ ports }: DeskContext, id: string): Promise<boolean> {
  try {
    await ports.connection.again(id, { wait: 0 })
    return true
  } catch (error) {
    if (error instanceof SchakelError) return error.code !== 'OPS_NOT_FOUND'
    throw error
  }
}

/** The field of the form that a pointer of the exchange means. */
function nearest(pointer: string): string {
  if (pointer.startsWith('/terms')) return '/terms'
  return pointer.startsWith('/evidence') ? '/evidence' : pointer
}
