import { join } from 'node:path'
import { fail } from '#core/failure.ts'
import { connect } from '#sdk/connect.ts'
import type { Call, CliOption } from './command.ts'
import { readGatewayAddress } from './running/gateway-address.ts'
import { storePaths } from './store-paths.ts'

const GATEWAY = 'https://127.0.0.1:7400'
const AS = /^([a-z0-9-]+)\/([a-z0-9-]+)$/

export const PARTNER_OPTIONS: Readonly<Record<string, CliOption>> = {
  as: { type: 'string', value: 'partner/endpoint', text: 'who you are, e.g. tbkk/zaken' },
  identity: {
    type: 'string',
    value: 'dir',
    text: 'identity folder (default: partners/<partner> of the data directory)',
  },
  gateway: {
    type: 'string',
    value: 'url',
    text: `default: where schakel up of the data directory listens, else ${GATEWAY}`,
  },
}

/** The gateway that was asked for, else that of the data directory, else the usual address. */
export const gatewayOf = async (call: Call): Promise<string> =>
  call.option('gateway') ?? (await readGatewayAddress(call.data)) ?? GATEWAY

/** A connection as one partner's endpoint, through the same SDK that partners use. */
export async function connectAs(call: Call, as: string | undefined = call.option('as')) {
  const match = AS.exec(as ?? '')
  const [, partner, endpoint] = match ?? []
  if (partner === undefined || endpoint === undefined)
    return fail('OPS_USAGE', '/as', '--as partner/endpoint')
  const identity = call.option('identity') ?? join(storePaths(call.data).partners, partner)
  return connect({ gateway: await gatewayOf(call), identity, endpoint, language: call.lang })
}
