import { notFound, PageRefusal } from '#web/page-refusal.ts'
import type { DeskContext } from './desk-context.ts'
import { inListPage, inPage } from './in-pages.ts'
import { DESK_LIMITS } from './limits.ts'
import { outListPage, outPage } from './out-pages.ts'
import type { ReceivedRow } from './store.ts'
import { waitingPage } from './waiting-page.ts'

interface ById {
  Params: { id: string }
}

const typesIn = (rows: readonly { readonly type: string }[]): readonly string[] =>
  rows.map(({ type }) => type)

/** Pages of the role `desk`: in, out, and what waits. */
export function deskRoutes(context: DeskContext): void {
  const { site, ports } = context
  const { store } = ports
  const receivedOr404 = (id: string): ReceivedRow => store.receivedOne(id) ?? notFound()

  site.server.get('/', async (request, reply) => reply.redirect(site.link(request, '/in'), 303))

  site.server.get('/in', async (request, reply) => {
    await context.refresh()
    const rows = store.received(DESK_LIMITS.listed)
    const refused = store.refused(DESK_LIMITS.listed)
    const view = await context.view(request, typesIn(rows))
    return site.page(request, reply, inListPage(rows, refused, view))
  })

  site.server.get<ById>('/in/:id', async (request, reply) => {
    const row = receivedOr404(request.params.id)
    const view = await context.view(request, [row.type])
    const answeredBy = view.words.form(row.type)?.answeredBy ?? undefined
    const full = answeredBy === undefined ? view : await context.view(request, [row.type, answeredBy])
    const form = answeredBy === undefined ? undefined : full.words.form(answeredBy)
    // A request to approve is opened by who may approve, and by nobody else.
    const opened = row.approval ? 'gone' : await context.open(row)
    return site.page(request, reply, inPage(row, opened, form?.toExchange === false ? form : undefined, full))
  })

  site.server.post<ById>('/in/:id/acknowledge', async (request, reply) => {
    const row = receivedOr404(request.params.id)
    const opened = await context.open(row)
    if (row.approval || typeof opened !== 'object' || !('handoff' in opened)) throw new PageRefusal(409)
    const status = await context.exchange(ports.connection.acknowledge(opened.handoff))
    if (status.state === 'decided' || status.state === 'accepted')
      store.acknowledge(row.handoff, ports.clock.now())
    return reply.redirect(site.link(request, `/in/${row.handoff}`), 303)
  })

  site.server.post<ById>('/in/:id/remove', async (request, reply) => {
    const row = receivedOr404(request.params.id)
    if (row.approval) throw new PageRefusal(409)
    store.removeContent(row.handoff)
    return reply.redirect(site.link(request, `/in/${row.handoff}`), 303)
  })

  site.server.get('/out', async (request, reply) => {
    await context.refresh()
    const rows = store.sent(DESK_LIMITS.listed)
    const view = await context.view(request, typesIn(rows))
    return site.page(request, reply, outListPage(rows, view))
  })

  site.server.get<ById>('/out/:id', async (request, reply) => {
    await context.refresh()
    const row = store.sentOne(request.params.id) ?? notFound()
    const view = await context.view(request, [row.type, ...neededTypes(row.status.handoffs)])
    return site.page(request, reply, outPage(row, view))
  })

  site.server.get('/waiting', async (request, reply) => {
    await context.refresh()
    const received = store.received(DESK_LIMITS.listed)
    const sent = store.sentOpen(DESK_LIMITS.listed)
    const requests = received.filter(
      ({ handoff, approval }) => approval !== null && store.answerTo(handoff) === undefined,
    )
    const unacknowledged = received.filter(
      ({ approval, acknowledged }) => approval === null && acknowledged === null,
    )
    const needed = sent.flatMap(({ status }) => neededTypes(status.handoffs))
    const view = await context.view(request, [...typesIn(sent), ...typesIn(unacknowledged), ...needed])
    return site.page(request, reply, waitingPage({ sent, requests, unacknowledged }, view))
  })
}

/** Types that reasons name as evidence that is needed. */
function neededTypes(
  handoffs: readonly {
    readonly verdict: { readonly reasons: readonly { readonly needs: string | null }[] } | null
  }[],
) {
  return handoffs.flatMap(({ verdict }) =>
    (verdict?.reasons ?? []).flatMap(({ needs }) =>
      needs?.startsWith('evidence:') ? needs.slice('evidence:'.length) : [],
    ),
  )
}
