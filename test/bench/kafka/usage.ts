/** What processes use, by Linux' own accounts (proc(5)). */
import { readdir, readFile } from 'node:fs/promises'
import { rounded } from '../figure.ts'

const TICKS_PER_SECOND = 100
const KIB_PER_MB = 1_000_000 / 1024
/** Fields of /proc/<pid>/stat behind the name: parent, user and system time. */
const [PARENT, USER, SYSTEM] = [1, 11, 12]

export interface Usage {
  readonly name: string
  /** Resident memory, MB; of PostgreSQL its share of what its processes share. */
  readonly rssMb: number
  /** Processor time so far, seconds. */
  readonly cpuSeconds: number
}

interface Stat {
  readonly pid: number
  readonly parent: number
  readonly cpuSeconds: number
}

async function statOf(pid: number): Promise<Stat | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const ticks = Number(fields[USER]) + Number(fields[SYSTEM])
  return { pid, parent: Number(fields[PARENT]), cpuSeconds: ticks / TICKS_PER_SECOND }
}

/** The proportional share: memory that several processes map counts once among them. */
async function megabytesOf(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '')
  const kib = Number(/^Pss:\s+(\d+) kB/m.exec(text)?.[1] ?? 0)
  return kib / KIB_PER_MB
}

/** With their children: PostgreSQL has one for each connection, a start through `runuser` has the real one below it. */
export async function usageOf(
  processes: readonly { readonly name: string; readonly pid: number }[],
): Promise<readonly Usage[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
  const stats = (await Promise.all(pids.map(statOf))).filter((stat) => stat !== undefined)
  const family = (pid: number): readonly Stat[] => {
    const own = stats.filter((stat) => stat.pid === pid)
    return [...own, ...stats.filter(({ parent }) => parent === pid).flatMap((child) => family(child.pid))]
  }
  return await Promise.all(
    processes.map(async ({ name, pid }) => {
      const all = pid > 0 ? family(pid) : []
      const memory = await Promise.all(all.map((stat) => megabytesOf(stat.pid)))
      return {
        name,
        rssMb: memory.reduce((sum, each) => sum + each, 0),
        cpuSeconds: all.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0),
      }
    }),
  )
}

/** Of one core, by process, largest first, in words: `exchange-a 62 %, gateway-a 31 %`. */
export function cpuShares(before: readonly Usage[], after: readonly Usage[], seconds: number): string {
  const shares = after.map(({ name, cpuSeconds }) => {
    const earlier = before.find((one) => one.name === name)?.cpuSeconds ?? 0
    return { name, percent: Math.round((100 * (cpuSeconds - earlier)) / seconds) }
  })
  return shares
    .filter(({ percent }) => percent >= 1)
    .sort((a, b) => b.percent - a.percent)
    .map(({ name, percent }) => `${name} ${percent} %`)
    .join(', ')
}

/** Of the whole machine, all that others do included: busy cores on average since `before`. */
export interface MachineTime {
  readonly busySeconds: number
}

export async function machineTime(): Promise<MachineTime> {
  const [line = ''] = (await readFile('/proc/stat', 'utf8')).split('\n')
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = line.split(/\s+/).slice(1).map(Number)
  return { busySeconds: (user + nice + system + irq + softirq) / TICKS_PER_SECOND }
}

export const busyCores = (before: MachineTime, after: MachineTime, seconds: number): number =>
  rounded((after.busySeconds - before.busySeconds) / seconds)
