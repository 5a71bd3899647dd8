import { existsSync } from 'node:fs'
import { chmod, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { systemClock } from '#adapters/clock/system.ts'
import { systemRandom } from '#adapters/random/system.ts'
import { fail } from '#core/failure.ts'
import { type Connection, type ConnectOptions, connect } from '#sdk/connect.ts'
import type { Call } from '../command.ts'
import { gatewayOf } from '../connect-as.ts'
import { findParty, urnOfParty } from '../read-party.ts'
import { openDoor, startLinks } from '../running/sign-in-door.ts'
import { type SignInLinks, writeSignIn } from '../running/sign-in-file.ts'
import { storePaths } from '../store-paths.ts'
import type { AppPlace } from './app-folder.ts'

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
  const door = openDoor({ name, folder, roles: application.roles }, () => systemClock.now())
  const started = await application.start({
    as,
    connect: (ref, options = {}) => connectOf(call, folder, ref, options),
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
  const signIn = startLinks(door, application.roles, started.url)
  const forget = await writeSignIn(call.data, name, signIn)
  const close = async () => {
    await forget()
    await started.close()
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
    gateway: await gatewayOf(call),
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
