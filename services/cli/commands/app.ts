import { once } from 'node:events'
import { appPlace } from '../app/app-folder.ts'
import { applicationNames } from '../app/applications.ts'
import { openApp } from '../app/open-app.ts'
import type { CliCommand } from '../command.ts'
import { PARTNER_OPTIONS } from '../connect-as.ts'

export const app: CliCommand = {
  name: 'app',
  usage: 'app <name> [--as partner/endpoint] [--port n]',
  summary: `A partner’s own application, with its own keys, beside a running exchange (${applicationNames})`,
  options: {
    ...PARTNER_OPTIONS,
    port: { type: 'string', value: 'n', text: 'port of its pages (default: any free one)' },
  },
  positionals: [1, 1],
  run: async (call) => {
    const place = appPlace(call, call.positionals[0] ?? '')
    const { application, as, folder } = place
    const up = await openApp(place, call)
    try {
      const { url, signIn } = up
      call.out.answer({ name: application.name, url, folder, signIn }, [
        `${application.name}: ${url}`,
        ...Object.entries(signIn).map(([role, link]) => `  ${role}: ${link}`),
        `accounts: schakel account add <actor> --role <roles> --app ${application.name} --as ${as}`,
      ])
      if (!call.signal.aborted) await once(call.signal, 'abort')
      return 0
    } finally {
      await up.close()
    }
  },
}
