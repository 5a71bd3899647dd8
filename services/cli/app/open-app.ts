import { chmod, mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { systemClock } from '#adapters/clock/system.ts'
import { systemRandom } from '#adapters/random/system.ts'
import { fail } from '#core/failure.ts'
import { type Connection, connect } from '#sdk/connect.ts'
import { parseAccounts } from '#web/accounts.ts'
import { Door } from '#web/door.ts'
import type { Call } from '../command.ts'
import { readGatewayAddress } from '../running/gateway-address.ts'
import { type SignInLinks, writeSignIn } from '../running/sign-in-file.ts'
import { storePaths } from '../store-paths.ts'
import { urnOfParty } from '../urn-of-party.ts'
import type { Application } from './application.ts'

const GATEWAY = 'https://127.0.0.1:7400'
const REF = /^([a-z0-9-]+)\/([a-z0-9-]+)$/

export interface AppUp {
  readonly url: string
  readonly folder: string
  /** Role → address that signs one in while this process runs. */
  readonly signIn: SignInLinks
  close(): Promise<void>
}

/** Starts an application with the identity of its partner. `OPS_USAGE` for an endpoint or port that it cannot have. */
export async function openApp(application: Application, call: Call): Promise<AppUp> {
  const as = call.option('as') ?? application.endpoints[0] ?? ''
  if (!REF.test(as)) fail('OPS_USAGE', '/as', '--as partner/endpoint')
  const name =
    application.endpoints.length === 0 ? `${application.name}-${as.replace('/', '-')}` : application.name
  const folder = join(call.data, 'apps', name)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await chmod(folder, 0o700)
  const door = openDoor(name, folder, application.roles)
  const connections: Connection[] = []
  const started = await application.start({
    as,
    connect: async (ref, options = {}) => {
      const [, partner = '', endpoint = ''] = REF.exec(ref) ?? fail('OPS_USAGE', '/as', ref)
      const identity = call.option('identity') ?? join(storePaths(call.data).partners, partner)
      const gateway = call.option('gateway') ?? (await readGatewayAddress(call.data)) ?? GATEWAY
      const outbox = join(folder, 'outbox', endpoint)
      const made = await connect({ gateway, identity, endpoint, outbox, language: call.lang, ...options })
      connections.push(made)
      return made
    },
    urnOf: urnOfParty,
    folder,
    door,
    host: '127.0.0.1',
    port: portOf(call),
    clock: systemClock,
    random: systemRandom,
    lang: call.lang,
    report: (failure, about) => call.out.progress(`${name}: ${about}: ${failure.code}`),
    signal: call.signal,
  })
  const links = application.roles.map((role) => {
    const code = door.startCode({ actor: `start-${role}`, name: role, roles: [role] })
    return [role, `${started.url}/sign-in?code=${code}`] as const
  })
  const signIn = Object.fromEntries(links)
  const forget = await writeSignIn(call.data, name, signIn)
  const close = async () => {
    await forget()
    await started.close()
    for (const connection of connections) connection.close()
  }
  return { url: started.url, folder, signIn, close }
}

function portOf(call: Call): number {
  const port = Number(call.option('port') ?? 0)
  return Number.isInteger(port) && port >= 0 && port <= 65_535 ? port : fail('OPS_USAGE', '/port')
}

/** Accounts are read at each sign-in; a file that is none lets nobody in. Cookies know no ports: each application has its own. */
function openDoor(name: string, folder: string, roles: readonly string[]): Door {
  return new Door({
    cookie: `schakel-${name}`,
    now: () => systemClock.now(),
    async accounts() {
      const text = await readFile(join(folder, 'accounts.json'), 'utf8').catch(() => '[]')
      return parseAccounts(text, roles) ?? fail('OPS_CONFIG', 'accounts.json')
    },
  })
}
