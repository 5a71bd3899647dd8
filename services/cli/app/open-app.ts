import { existsSync } from 'node:fs'
import { chmod, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { systemClock } from '#adapters/clock/system.ts'
import { systemRandom } from '#adapters/random/system.ts'
import { fail } from '#core/failure.ts'
import { type Connection, type ConnectOptions, connect } from '#sdk/connect.ts'
import { Door } from '#web/door.ts'
import { readAccounts } from '../accounts-file.ts'
import type { Call } from '../command.ts'
import { findParty, urnOfParty } from '../read-party.ts'
import { readGatewayAddress } from '../running/gateway-address.ts'
import { type SignInLinks, writeSignIn } from '../running/sign-in-file.ts'
import { storePaths } from '../store-paths.ts'
import type { AppPlace } from './app-folder.ts'

const GATEWAY = 'https://127.0.0.1:7400'

export interface AppUp {
  readonly url: string
  readonly folder: string
  /** Role → address that signs one in while this process runs. */
  readonly signIn: SignInLinks
  close(): Promise<void>
}

/** Starts an application with the identity of its partner. `OPS_USAGE` for a port that it cannot have. */
export async function openApp({ application, as, name, folder }: AppPlace, call: Call): Promise<AppUp> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await chmod(folder, 0o700)
  const door = openDoor(name, folder, application.roles)
  const connections: Connection[] = []
  const started = await application.start({
    as,
    connect: async (ref, options = {}) => {
      const made = await connectOf(call, folder, ref, options)
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

/** With the partner's own keys, or for a body without any with those of its carrier. */
async function connectOf(
  call: Call,
  folder: string,
  ref: string,
  options: Partial<ConnectOptions>,
): Promise<Connection> {
  const [partner = '', endpoint = ''] = ref.split('/')
  const { partners } = storePaths(call.data)
  const own = call.option('identity') ?? join(partners, partner)
  const carrier = existsSync(own) ? null : (findParty(partner)?.via ?? null)
  return connect({
    gateway: call.option('gateway') ?? (await readGatewayAddress(call.data)) ?? GATEWAY,
    identity: carrier === null ? own : join(partners, carrier),
    endpoint,
    outbox: join(folder, 'outbox', `${partner}-${endpoint}`),
    language: call.lang,
    ...(carrier === null ? {} : { speaksFor: urnOfParty(ref) }),
    ...options,
  })
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
    accounts: () => readAccounts(folder, roles),
  })
}
