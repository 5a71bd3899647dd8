/** One exchange process on all partitions against two on half of them each: the same log, as many messages, in turn. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { LIMITS } from '#core/limits.ts'
import { tip } from './bench-messages.ts'
import { type BenchWorld, openBenchWorld, putInbound } from './bench-world.ts'
import { type Measured, median, type Progress, rounded, spread } from './figure.ts'

const CHILD = fileURLToPath(new URL('./exchange-share.ts', import.meta.url))
const FLAGS = ['--disable-warning=ExperimentalWarning']
const ALL = Array.from({ length: LIMITS.partitions }, (_, partition) => partition)
const HALVES = [0, 1].map((half) => ALL.filter((partition) => partition % 2 === half))

async function said(child: ChildProcess, word: string): Promise<void> {
  const ended = new AbortController()
  const exit = once(child, 'exit', { signal: ended.signal }).then(() => {
    throw new Error('an exchange ended')
  })
  exit.catch(() => undefined)
  const [message] = await Promise.race([once(child, 'message', { signal: ended.signal }), exit])
  ended.abort()
  if (message !== word) throw new Error(`an exchange said ${String(message)}`)
}

/** Messages a second that so many processes answer, from the moment all are told to begin to the last one's last answer. */
async function answersPerSecond(
  world: BenchWorld,
  messages: number,
  shares: readonly (readonly number[])[],
): Promise<number> {
  for (let n = 0; n < messages; n += 1)
    await putInbound(world, await world.make({ ...tip(), partition: n % LIMITS.partitions }))
  const children = shares.map((share) =>
    fork(CHILD, [world.data, share.join(',')], { execArgv: FLAGS, stdio: ['ignore', 2, 2, 'ipc'] }),
  )
  await Promise.all(children.map((child) => said(child, 'ready')))
  const started = performance.now()
  const done = Promise.all(children.map((child) => said(child, 'done')))
  for (const child of children) child.send('begin')
  await done
  const seconds = (performance.now() - started) / 1000
  const ends = children.map((child) => once(child, 'exit'))
  for (const child of children) child.disconnect()
  await Promise.all(ends)
  return messages / seconds
}

export async function measureTwoProcesses(
  { rounds, messages }: { readonly rounds: number; readonly messages: number },
  progress: Progress,
): Promise<Measured[]> {
  const world = await openBenchWorld()
  const one: number[] = []
  const two: number[] = []
  try {
    for (let round = 0; round < rounds; round += 1) {
      one.push(await answersPerSecond(world, messages, [ALL]))
      two.push(await answersPerSecond(world, messages, HALVES))
      progress(`round ${round + 1}: ${rounded(one.at(-1) ?? 0)} and ${rounded(two.at(-1) ?? 0)} messages/s`)
    }
  } finally {
    await world.close()
  }
  const ratios = two.map((rate, round) => rate / (one[round] ?? rate))
  return [
    {
      name: 'two_processes_vs_one',
      value: rounded(median(ratios)),
      unit: 'ratio',
      of: 'messages a second of one exchange process on the same SQLite log',
      per: 'message to one recipient',
      note: `${rounded(median(two))} against ${rounded(median(one))} messages/s; ${spread(ratios, '')}`,
    },
  ]
}
