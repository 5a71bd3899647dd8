import { fail } from '#core/failure.ts'
import type { Handoff } from '#sdk/open-handoff.ts'
import type { Call, CliCommand, ExitCode } from '../command.ts'
import { connectAs, PARTNER_OPTIONS } from '../connect-as.ts'

type Connection = Awaited<ReturnType<typeof connectAs>>

const wanted = (call: Call, name: string): string => call.option(name) ?? fail('OPS_USAGE', `/${name}`)

/** How long a request may be on its way, ms. */
const ARRIVES_MS = 10_000

const askedFor = (call: Call, item: Handoff): boolean => {
  const guard = call.option('guard')
  return (
    item.approval?.handOff === call.positionals[0] && (guard === undefined || item.approval?.guard === guard)
  )
}

/** The latest request to approve this hand-off that is in the inbox, by its guard if there are several; else the next to come. */
async function requestFor(call: Call, connection: Connection): Promise<Handoff> {
  const found: Handoff[] = []
  let after: string | undefined
  for (;;) {
    const page = await connection.inbox(after)
    found.push(...page.items.filter((item) => askedFor(call, item)))
    after = page.next
    if (!page.more) break
  }
  const guards = new Set(found.map(({ approval }) => approval?.guard))
  if (guards.size > 1) fail('OPS_USAGE', '/guard', `one of ${[...guards].join(', ')}`)
  const latest = found.at(-1)
  if (latest) return latest
  const signal = AbortSignal.any([call.signal, AbortSignal.timeout(ARRIVES_MS)])
  for await (const item of connection.stream(signal, after, () => undefined))
    if (askedFor(call, item)) return item
  return fail('OPS_NOT_FOUND', '/handoff', 'nobody asks this endpoint to approve it')
}

export const approve: CliCommand = {
  name: 'approve',
  usage: 'approve <handoff> --as <partner/endpoint> --actor <who> --role <role>',
  summary: 'Answers a request for approval that is in a partner’s inbox, for exactly what was shown with it',
  options: {
    ...PARTNER_OPTIONS,
    actor: { type: 'string', value: 'who', text: 'person who answers: another than who sent it' },
    role: { type: 'string', value: 'role', text: 'role of that person, e.g. OVJ' },
    guard: { type: 'string', value: 'name', text: 'which request, when there are several' },
    refuse: { type: 'boolean', text: 'refuse instead' },
    reason: { type: 'string', value: 'text', text: 'why' },
  },
  positionals: [1, 1],
  run: async (call): Promise<ExitCode> => {
    const [actor, role] = [wanted(call, 'actor'), wanted(call, 'role')]
    const reason = call.option('reason')
    const connection = await connectAs(call)
    try {
      const request = await requestFor(call, connection)
      const granted = !call.flag('refuse')
      const answer = { granted, actor, role, ...(reason === undefined ? {} : { reason }) }
      const status = await connection.approve(request, answer)
      const guard = request.approval?.guard ?? ''
      const error = status.error ? `${status.error.code}; next: ${status.error.next}` : ''
      call.out.answer(
        { handoff: call.positionals[0], guard, granted, state: status.state, error: status.error },
        [
          `${guard}: ${granted ? 'granted' : 'refused'} by ${actor} (${role}): ${status.state} ${error}`.trimEnd(),
        ],
      )
      return status.state === 'decided' ? 0 : 1
    } finally {
      connection.close()
    }
  },
}
