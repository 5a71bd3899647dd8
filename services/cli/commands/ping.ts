import { systemClock } from '#adapters/clock/system.ts'
import { systemRandom } from '#adapters/random/system.ts'
import type { CliCommand, ExitCode } from '../command.ts'
import { connectAs, PARTNER_OPTIONS } from '../connect-as.ts'
import { endpointOfPartner } from '../endpoint-of-partner.ts'
import { formatTable } from '../format-table.ts'
import { type Passed, type PingResult, ping, STATIONS } from '../ping/ping.ts'
import { releasedAt } from '../ping/released-at.ts'
import { withFoundedStore } from '../with-founded-store.ts'

const { identity, gateway } = PARTNER_OPTIONS

/** With the courier's time, where the log that has it is in this data directory. */
async function withCourier(data: string, { handoff, passed }: PingResult): Promise<readonly Passed[]> {
  if (handoff === null) return passed
  const at = (await withFoundedStore(data, (store) => releasedAt(store, handoff))) ?? null
  return passed.map((one) => (one.station === 'courier' ? { ...one, at } : one))
}

function rowsOf(passed: readonly Passed[]): readonly (readonly string[])[] {
  const start = passed[0]?.at ?? 0
  return passed.map(({ station, at }) =>
    at === null
      ? [station, '-', '-']
      : [station, new Date(at).toISOString(), `+${Math.max(0, at - start)} ms`],
  )
}

export const pingCommand: CliCommand = {
  name: 'ping',
  usage: 'ping <partner>[/<endpoint>]',
  summary: 'A test message of a partner to itself through the whole chain, with the time of each station',
  options: { ...(identity ? { identity } : {}), ...(gateway ? { gateway } : {}) },
  positionals: [1, 1],
  run: async (call): Promise<ExitCode> => {
    const as = await endpointOfPartner(call.data, call.positionals[0] ?? '')
    const connection = await connectAs(call, as)
    try {
      const { signal } = call
      const testId = Buffer.from(systemRandom.bytes(8)).toString('hex')
      const result = await ping({ connection, now: () => systemClock.now(), testId, signal })
      const { handoff, refused, arrived } = result
      const passed = await withCourier(call.data, result)
      const rows = rowsOf(passed)
      const missing = STATIONS.find((station) => !passed.some((one) => one.station === station))
      call.out.answer({ partner: as, testId, handoff, arrived, refused, stations: passed }, [
        ...formatTable(['station', 'time', 'since signed'], rows),
        arrived
          ? `${as}: there and back, ${handoff}`
          : `${as}: did not reach ${missing}${refused.length > 0 ? `: ${refused.join(', ')}` : ''}`,
      ])
      return arrived ? 0 : 1
    } finally {
      connection.close()
    }
  },
}
