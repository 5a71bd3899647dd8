import type { Call, CliCommand, ExitCode } from '../command.ts'
import { connectAs, PARTNER_OPTIONS } from '../connect-as.ts'

type Connection = Awaited<ReturnType<typeof connectAs>>
type Received = Awaited<ReturnType<Connection['inbox']>>['items'][number]

async function show(call: Call, connection: Connection, item: Received): Promise<void> {
  const { handoff, type, from, at, data, obligations, label, cursor } = item
  call.out.answer({ handoff, type, from, at, cursor, label, obligations, data }, [
    `${handoff}  ${type}  from ${from}  ${at}`,
    `  handling ${label.handling}; obligations ${obligations.join(', ') || 'none'}`,
    ...Object.entries(data).map(([name, value]) => `  ${name}: ${JSON.stringify(value)}`),
  ])
  if (!call.flag('ack')) return
  const status = await connection.acknowledge(item)
  call.out.progress(`${handoff}: acknowledged (${status.state})`)
}

async function pages(call: Call, connection: Connection): Promise<number> {
  let after = call.option('after')
  let count = 0
  for (;;) {
    const page = await connection.inbox(after)
    for (const item of page.items) await show(call, connection, item)
    count += page.items.length
    after = page.next
    if (!page.more || call.signal.aborted) break
  }
  if (count > 0) call.out.progress(`go on with --after ${after}`)
  return count
}

export const inbox: CliCommand = {
  name: 'inbox',
  usage: 'inbox --as <partner/endpoint> [--after <cursor>] [--ack] [--follow]',
  summary: 'What was handed to a partner, opened with its own key and verified',
  options: {
    ...PARTNER_OPTIONS,
    after: { type: 'string', value: 'cursor', text: 'only what came after this' },
    ack: { type: 'boolean', text: 'acknowledge each' },
    follow: { type: 'boolean', text: 'stay, and show each as it comes' },
  },
  positionals: [0, 0],
  run: async (call): Promise<ExitCode> => {
    const connection = await connectAs(call)
    try {
      if (!call.flag('follow')) {
        const count = await pages(call, connection)
        if (count === 0) call.out.line('nothing')
        return 0
      }
      for await (const item of connection.stream(call.signal, call.option('after')))
        await show(call, connection, item)
      return 0
    } finally {
      connection.close()
    }
  },
}
