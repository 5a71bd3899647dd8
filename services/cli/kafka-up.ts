import { fail } from '#core/failure.ts'
import type { Call, ExitCode } from './command.ts'
import { initialise } from './init.ts'
import { openStore } from './open-store.ts'
import { claimData } from './running/claim-data.ts'
import { freePort } from './running/free-port.ts'
import { startKafkaMachine } from './running/kafka-machine.ts'
import { playStories } from './running/play-stories.ts'
import { type ProcessPlan, planProcesses } from './running/process-plan.ts'
import { settled } from './running/settled.ts'
import { readSignIn } from './running/sign-in-file.ts'
import { supervise } from './running/supervise.ts'
import { waitReady } from './running/wait-ready.ts'
import { storePaths } from './store-paths.ts'

const READY_MS = 180_000
const MOST = 8

function count(call: Call, name: string, usual: number): number {
  const text = call.option(name)
  if (text === undefined) return usual
  const value = Number(text)
  return Number.isInteger(value) && value >= 1 && value <= MOST ? value : fail('OPS_USAGE', `/${name}`)
}

function brokersOf(call: Call): 1 | 3 {
  const wanted = count(call, 'brokers', 1)
  return wanted === 1 || wanted === 3 ? wanted : fail('OPS_USAGE', '/brokers', '1 or 3')
}

/**
 * The scaled-out profile on one machine: brokers, PostgreSQL, registry and every service as a process of its own. Plays the story
 * asked for and stays up until a signal, or with --once ends when its ledger facts are published.
 */
export async function runKafkaUp(call: Call): Promise<ExitCode> {
  const { out, data } = call
  const told = (text: string) => out.progress(text)
  const release = await claimData(data, ['kafka'])
  try {
    const machine = await startKafkaMachine(data, brokersOf(call), told)
    try {
      await initialise(data, { strict: call.flag('strict'), progress: told })
      const plan = planProcesses({
        data,
        exchanges: count(call, 'exchanges', 1),
        gateways: count(call, 'gateways', 1),
        gatewayPort: await freePort(call.option('port'), 7400, told),
        consolePort: await freePort(call.option('console-port'), 7480, told),
      })
      const services = await supervise(plan.specs, `${data}/logs`, told)
      try {
        await waitReady(plan.gateways, storePaths(data).pki, READY_MS)
        return await work(call, plan)
      } finally {
        await services.stop()
      }
    } finally {
      await machine.stop()
    }
  } finally {
    await release()
  }
}

async function work(call: Call, plan: ProcessPlan): Promise<ExitCode> {
  const { out, data, signal } = call
  const names = (call.option('story') ?? '').split(',').filter((name) => name !== '')
  const gateway = plan.gateways[0] ?? fail('BUG_INVARIANT')
  let code: ExitCode = 0
  if (names.length > 0) {
    const store = await openStore(data)
    try {
      code = (await playStories(call, store, names, gateway)) ? 0 : 1
      await settled(store)
    } finally {
      await store.close()
    }
  }
  for (const url of plan.gateways) out.line(`gateway  ${url}/v1/openapi.json (mTLS)`)
  out.line(`page     ${plan.console}/`)
  for (const [role, link] of Object.entries(await readSignIn(data, 'console')))
    out.line(`${role.padEnd(8)} ${link}`)
  if (call.flag('once')) return code
  out.progress(`${plan.specs.length} processes run, what they say is in ${data}/logs; Ctrl-C stops`)
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
  return code
}
