import type { FormBody } from '#web/form-body.ts'
import { notFound, PageRefusal } from '#web/page-refusal.ts'
import { approvalListPage, approvalPage, type Barred } from './approval-pages.ts'
import type { DeskContext } from './desk-context.ts'
import { DESK_LIMITS } from './limits.ts'
import type { ReceivedRow } from './store.ts'

const REASON_MAX = 2_000
const ROLE_MAX = 64

/** What is wrong with an answer: nothing is assumed, and every answer has its reason. */
export function answerFaults(body: FormBody): readonly ('decision' | 'reason' | 'role')[] {
  const { decision = '', reason = '', role = '' } = body
  return [
    ...(decision === 'approve' || decision === 'refuse' ? [] : (['decision'] as const)),
    ...(reason !== '' && [...reason].length <= REASON_MAX ? [] : (['reason'] as const)),
    ...(role !== '' && role.length <= ROLE_MAX ? [] : (['role'] as const)),
  ]
}

/** Pages of the role `approver`. */
export function approvalRoutes(context: DeskContext): void {
  const { site, ports } = context
  const { store, connection, clock } = ports

  const requestOr404 = (id: string): ReceivedRow => {
    const row = store.receivedOne(id)
    return row?.approval ? row : notFound()
  }

  /** The exchange judges four eyes; what this desk itself knows, it says before anybody signs. */
  const barred = (row: ReceivedRow, actor: string): Barred => {
    if (store.answerTo(row.handoff)) return 'closed'
    if (store.sentWith(row.approval?.handOff ?? '')?.actor === actor) return 'own'
    return (row.approval?.until ?? 0) <= clock.now() ? 'over' : null
  }

  site.server.get('/approvals', async (request, reply) => {
    await context.refresh()
    const requests = store.received(DESK_LIMITS.listed).filter(({ approval }) => approval !== null)
    const open = requests.filter(
      ({ handoff, approval }) => !store.answerTo(handoff) && (approval?.until ?? 0) > clock.now(),
    )
    const view = await context.view(request, [])
    return site.page(request, reply, approvalListPage(open, store.answers(DESK_LIMITS.listed), view))
  })

  const show = async (
    request: Parameters<typeof site.page>[0],
    reply: Parameters<typeof site.page>[1],
    row: ReceivedRow,
    body: FormBody,
  ) => {
    const opened = await context.open(row)
    const types = typeof opened === 'object' && 'handoff' in opened ? [opened.handoff.vct] : []
    const view = await context.view(request, types)
    const faults = Object.keys(body).length === 0 ? [] : answerFaults(body)
    const errors = Object.fromEntries(faults.map((name) => [name, view.texts.compose.faults.required]))
    const before = store.answerTo(row.handoff)
    const input = { row, opened, barred: barred(row, context.user(request).actor), before, body, errors }
    return site.page(request, reply, approvalPage(input, view))
  }

  site.server.get<{ Params: { id: string } }>('/approvals/:id', (request, reply) =>
    show(request, reply, requestOr404(request.params.id), {}),
  )

  site.server.post<{ Params: { id: string }; Body: FormBody | undefined }>(
    '/approvals/:id',
    async (request, reply) => {
      const row = requestOr404(request.params.id)
      const body = request.body ?? {}
      const { actor } = context.user(request)
      if (barred(row, actor) !== null) throw new PageRefusal(409)
      if (answerFaults(body).length > 0) return show(request, reply.code(400), row, { decision: '', ...body })
      const opened = await context.open(row)
      if (typeof opened !== 'object' || !('handoff' in opened)) throw new PageRefusal(409)
      const { decision, reason = '', role = '' } = body
      const granted = decision === 'approve'
      if (row.acknowledged === null) {
        await context.exchange(connection.acknowledge(opened.handoff))
        store.acknowledge(row.handoff, clock.now())
      }
      const status = await context.exchange(
        connection.approve(opened.handoff, { granted, actor, role, reason }),
      )
      if (status.state === 'refused') throw new PageRefusal(409)
      const { handOff = '', guard = '' } = row.approval ?? {}
      store.answer({ request: row.handoff, handOff, guard, granted, actor, role, reason, at: clock.now() })
      return reply.redirect(site.link(request, '/approvals'), 303)
    },
  )
}
