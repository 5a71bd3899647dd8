import { once } from 'node:events'
import { fail } from '#core/failure.ts'
import { applications } from '../app/applications.ts'
import { openApp } from '../app/open-app.ts'
import type { CliCommand } from '../command.ts'
import { PARTNER_OPTIONS } from '../connect-as.ts'

const names = applications.map(({ name, summary }) => `${name}: ${summary}`).join('; ')

export const app: CliCommand = {
  name: 'app',
  usage: 'app <name> [--as partner/endpoint] [--port n]',
  summary: `A partner’s own application, with its own keys, beside a running exchange (${names})`,
  options: {
    ...PARTNER_OPTIONS,
    port: { type: 'string', value: 'n', text: 'port of its pages (default: any free one)' },
  },
  positionals: [1, 1],
  run: async (call) => {
    const wanted = applications.find(({ name }) => name === call.positionals[0])
    if (!wanted) return fail('OPS_USAGE', '/name', names)
    const up = await openApp(wanted, call)
    try {
      const { url, folder, signIn } = up
      call.out.answer({ name: wanted.name, url, folder, signIn }, [
        `${wanted.name}: ${url}`,
        ...Object.entries(signIn).map(([role, link]) => `  ${role}: ${link}`),
        `accounts: schakel account add <actor> --role <roles> --folder ${folder}`,
      ])
      if (!call.signal.aborted) await once(call.signal, 'abort')
      return 0
    } finally {
      await up.close()
    }
  },
}
