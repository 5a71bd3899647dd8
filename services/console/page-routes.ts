import type { FastifyInstance, FastifyRequest } from 'fastify'
import { isHandoffId } from '#core/ids.ts'
import { notFound } from '#web/page-refusal.ts'
import { aboutPage } from './about-page.ts'
import type { ConsoleContext } from './console-context.ts'
import { handoffPage } from './handoff-page.ts'
import { handoffView } from './handoff-view.ts'
import { ledgerPage } from './ledger-page.ts'
import { listFragment, type Overview } from './list-fragment.ts'
import { listPage } from './list-page.ts'
import { listParameters, parseListQuery } from './list-query.ts'
import { type Locale, linkTo } from './locale.ts'
import { matrixPage } from './matrix-page.ts'
import { recentPage } from './recent-page.ts'

/** A message's own id is looked for among the newest hand-offs. */
const SEARCHED = 10_000

async function overviewOf(
  context: ConsoleContext,
  query: Readonly<Record<string, unknown>>,
): Promise<Overview> {
  const { view } = context.ports
  const asked = parseListQuery(query)
  const [page, head] = await Promise.all([recentPage(view, asked), context.checkpoint()])
  return { query: asked, page, counts: view.counts(), head }
}

/** The page of that hand-off, or of the first one of that message. */
function whereIs(context: ConsoleContext, id: string, request: FastifyRequest): string {
  const { view } = context.ports
  const row = isHandoffId(id) ? view.handoff(id) : view.recent(SEARCHED).find(({ message }) => message === id)
  return row ? linkTo(`/handoff/${row.handoff}`, context.locale(request)) : notFound()
}

function overviewRoutes(server: FastifyInstance, context: ConsoleContext): void {
  server.get('/', async (request, reply) => {
    const epoch = context.epoch()
    const { id } = context.query(request)
    if (typeof id === 'string' && id !== '') return reply.redirect(whereIs(context, id.trim(), request), 303)
    const overview = await overviewOf(context, context.query(request))
    const content = listPage(overview, context.locale(request), epoch)
    return context.page(request, reply, content, listParameters(overview.query))
  })
  server.get('/fragment/handoffs', async (request, reply) => {
    const epoch = context.epoch()
    const overview = await overviewOf(context, context.query(request))
    const locale = context.locale(request)
    return context.send(request, reply, listFragment(overview, locale, epoch))
  })
}

async function viewOf(context: ConsoleContext, id: string, locale: Locale) {
  const { view } = context.ports
  const row = isHandoffId(id) ? view.handoff(id) : undefined
  if (!row) return notFound()
  const records = await view.decisions(row.handoff)
  const current = context.epoch()
  const decided = records.findLast(({ verdict }) => verdict !== null)
  const epoch = await context.epochOf(decided?.epoch ?? current.number)
  const bundle = await context.proofSoon(row.handoff)
  const { of: duties, by: met } = context.ports.duties(row.handoff)
  return handoffView({ row, records, epoch, current, bundle, duties, met, locale })
}

function handoffRoutes(server: FastifyInstance, context: ConsoleContext): void {
  server.get<{ Params: { id: string } }>('/handoff/:id', async (request, reply) => {
    const view = await viewOf(context, request.params.id, context.locale(request))
    return context.page(request, reply, handoffPage(view))
  })
  server.get<{ Params: { id: string } }>('/handoff/:id/proof.json', async (request, reply) => {
    const { id } = request.params
    if (!isHandoffId(id) || !context.ports.view.handoff(id)) return notFound()
    const bundle = (await context.proof(id)) ?? notFound()
    return reply
      .header('Content-Disposition', `attachment; filename="schakel-${id}.json"`)
      .type('application/json')
      .send(bundle)
  })
}

/** Every page; each is read anew at every request. */
export function pageRoutes(server: FastifyInstance, context: ConsoleContext): void {
  overviewRoutes(server, context)
  handoffRoutes(server, context)
  server.get('/ledger', async (request, reply) => {
    const head = await context.checkpoint()
    return context.page(request, reply, ledgerPage(head, context.ports.gateway, context.locale(request)))
  })
  server.get('/matrix', async (request, reply) => {
    const text = await context.ports.matrix()
    return context.page(request, reply, matrixPage(text, context.locale(request), context.epoch()))
  })
  server.get('/about', async (request, reply) =>
    context.page(request, reply, aboutPage(context.epoch(), context.locale(request))),
  )
}
