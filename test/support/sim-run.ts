import type { RecordCodecs } from '#core/log/codec.ts'
import { type Judged, judgeOutcomes } from './judge-outcomes.ts'
import type { AppendFate } from './sim-log.ts'
import { type Fate, PARTITION, SimWorld, type Task } from './sim-world.ts'
import type { Op } from './test-evaluator.ts'
import { inboundOf, testEvaluator } from './test-evaluator.ts'

/** How rough a run is: chances per port call, and of everything else that happens between. */
export interface Roughness {
  readonly skews: readonly number[]
  readonly crash: number
  readonly fail: number
  readonly append: number
  readonly void: number
  readonly epoch: number
  readonly jump: number
}

export const CALM: Roughness = { skews: [0], crash: 0, fail: 0, append: 0, void: 0, epoch: 0, jump: 0 }

const STEPS_MAX = 30_000

/** Chosen fates instead of thrown ones: of each port call, and of each append. */
export interface Fates {
  readonly fateOf: (task: Task) => Fate
  readonly appendFate: () => AppendFate
}

/** Plays `ops` as inputs through as many exchanges as there are skews; returns the world after everything came to rest. */
export async function simulate(
  seed: number,
  codecs: RecordCodecs,
  ops: readonly Op[],
  rough: Roughness,
  fates?: Fates,
): Promise<SimWorld> {
  const world = new SimWorld(seed, codecs, (w, actor) => testEvaluator({ die: () => w.die(actor) }))
  await world.found()
  for (const skew of rough.skews) world.start(world.addActor(skew))
  let storm = true
  world.fateOf = fates?.fateOf ?? ((task) => (storm ? fateIn(world, rough, task) : 'fine'))
  const thrown = (): AppendFate => {
    if (!storm || world.chance() >= rough.append) return 'normal'
    return (['lost-answer', 'late', 'never'] as const)[Math.floor(world.chance() * 3)] ?? 'normal'
  }
  world.appendFate = fates?.appendFate ?? thrown
  const pending = ops.map((op, index) => world.codecs.inbound.encode(inboundOf(op, `m${index}`)))
  while (world.steps < STEPS_MAX) {
    if (storm) storm = await weather(world, rough, pending)
    restartDead(world, storm ? 0.05 : 1)
    world.now += Math.floor(world.chance() * 3)
    if (await world.step()) continue
    if (!storm && atRest(world)) return world
    world.now = Math.max(world.now, world.nextWake() ?? world.now + 1)
  }
  throw new Error(`no rest after ${STEPS_MAX} steps`)
}

function fateIn(world: SimWorld, rough: Roughness, task: Task): Fate {
  if (task.name === 'changed' || task.name === 'sleep') return 'fine'
  const dice = world.chance()
  if (dice < rough.crash) return dice < rough.crash / 2 ? 'crash-before' : 'crash-after'
  if (dice < rough.crash + rough.fail)
    return dice < rough.crash + rough.fail / 2 ? 'fail-before' : 'fail-after'
  return 'fine'
}

/** Lets things happen from outside; false when all inputs are in and nothing more is to come. */
async function weather(
  world: SimWorld,
  rough: Roughness,
  pending: ReturnType<RecordCodecs['inbound']['encode']>[],
): Promise<boolean> {
  const { chance, log } = world
  if (chance() < 0.15) {
    for (let count = 1 + Math.floor(chance() * 6); count > 0; count -= 1) {
      const entry = pending.shift()
      if (entry) log.inject('inbound', PARTITION, [entry])
    }
  }
  if (chance() < rough.void) injectVoid(world)
  if (log.limbo > 0 && chance() < 0.1) log.landLate(Math.floor(chance() * log.limbo))
  if (chance() < rough.epoch) await world.applyControl()
  if (chance() < rough.jump) world.now += Math.floor(chance() * 20_000)
  return pending.length > 0 || chance() > 0.02
}

/** Garbage, an old record again, or the latest one again. */
function injectVoid(world: SimWorld): void {
  const records = world.log.all('outcomes', PARTITION)
  const copy = records[Math.floor(world.chance() * records.length)]
  const garbage = { headers: {}, value: Buffer.from('garbage') }
  world.log.inject('outcomes', PARTITION, [copy && world.chance() < 0.7 ? copy : garbage])
}

function restartDead(world: SimWorld, chance: number): void {
  for (const actor of world.actors) {
    if (!actor.alive && world.chance() < chance) world.start(actor)
  }
}

/** Nothing in limbo, all inputs answered, no sweep open, everybody idle: only time could still bring work. */
function atRest(world: SimWorld): boolean {
  while (world.log.limbo > 0) world.log.landLate()
  const judged = judgeWorld(world)
  const answered = judged.outcomes.filter((outcome) => outcome.in).length
  const latest = world.log.all('control', 0).length - 2
  const epoch = judged.outcomes.at(-1)?.epoch
  const idle = world.tasks.every((task) => task.name === 'changed' || task.name === 'sleep')
  return (
    idle && answered === world.log.all('inbound', PARTITION).length && epoch === latest && !judged.openSweep
  )
}

export function judgeWorld(world: SimWorld): Judged {
  return judgeOutcomes({
    codecs: world.codecs,
    outcomes: world.log.all('outcomes', PARTITION),
    inbound: world.log.all('inbound', PARTITION),
    mayPark: (op) => op.op === 'bug' || op.op === 'die',
  })
}

/** Breaches of design §3 in a world at rest; [] is what every test wants. */
export function problemsOf(world: SimWorld): string[] {
  const judged = judgeWorld(world)
  const problems = [...judged.problems, ...world.fatal.map((error) => `fatal ${error}`)]
  for (const event of world.events) {
    if (event.kind === 'bug' && event.n === null) problems.push(`bug ${event.error.message}`)
  }
  const there = new Set(world.keys.rows.keys())
  for (const id of judged.living) if (!there.has(id)) problems.push(`key ${id} is missing`)
  for (const id of there) if (!judged.living.has(id)) problems.push(`key ${id} is an orphan`)
  return problems
}
