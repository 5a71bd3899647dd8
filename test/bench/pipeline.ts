/** The whole way of a message in one process against its bare cryptography: interleaved rounds, fresh messages in each. */
import { createPrivateKey, type KeyObject } from 'node:crypto'
import { openDecisions } from '#core/handoff/archive.ts'
import type { Inbound, Outcome } from '#core/handoff/outcome.ts'
import { sealingCertificate } from '#core/handoff/sealer.ts'
import { openHandoff } from '#core/message/open-handoff.ts'
import { openTransit } from '#core/message/open-transit.ts'
import { transitKeyId } from '#core/message/seal-handoff.ts'
import { urn } from '../support/verified-message.ts'
import { type BareKeys, type BareSizes, bareCryptography } from './bare-crypto.ts'
import { diffusion, labelForDiffusion } from './bench-messages.ts'
import {
  answersOf,
  type BenchWorld,
  type Driver,
  openBenchWorld,
  openDriver,
  putInbound,
  requireSealed,
} from './bench-world.ts'
import { type Measured, median, type Progress, rounded, spread } from './figure.ts'

const PARTITION = 3
const RECIPIENTS = ['ph-police', 'th-police'] as const

interface Round {
  readonly pipelineUs: number
  readonly bareUs: number
}

/** Wall time and processor time of `work`, µs for each of `count`. */
async function timed(
  count: number,
  work: () => Promise<void> | void,
): Promise<{ wall: number; cpu: number }> {
  const cpu = process.cpuUsage()
  const started = performance.now()
  await work()
  const wall = ((performance.now() - started) * 1000) / count
  const { user, system } = process.cpuUsage(cpu)
  return { wall, cpu: (user + system) / count }
}

async function makeMany(world: BenchWorld, label: string, count: number): Promise<readonly Inbound[]> {
  const made: Inbound[] = []
  for (let n = 0; n < count; n += 1)
    made.push(await world.make({ ...diffusion([label]), partition: PARTITION }))
  return made
}

async function bareKeys(world: BenchWorld): Promise<BareKeys> {
  const { store } = world
  const { epoch } = store.control.current()
  const [label] = epoch.labelKeys
  const intake = epoch.intakeKeys.find((key) => key.jwk['crv'] === 'P-256')
  if (!label || !intake) throw new Error('no keys')
  const row = async (id: string) => {
    const found = await store.keys.get(id)
    if (!found) throw new Error(`no key ${id}`)
    return found.bytes
  }
  const privateKey = async (id: string): Promise<KeyObject> =>
    createPrivateKey({ key: Buffer.from(await row(id)), format: 'der', type: 'pkcs8' })
  const recipients = RECIPIENTS.flatMap(
    (partner) => sealingCertificate(epoch, urn(`${partner}/ncb`), Date.now())?.publicKey ?? [],
  )
  return {
    intake: await privateKey(`i:${intake.kid}`),
    sender: (await world.identity('ncb-nl')).sign.certificate.publicKey,
    labelPublic: label.publicKey,
    labelPrivate: await privateKey(`l:${label.kid}`),
    labelSeal: await row(`s:${label.kid}`),
    recipients,
  }
}

/** Sizes of one real outcome: what the bare cryptography has to make, too. */
async function sizesOf(world: BenchWorld, outcome: Outcome, inbound: Inbound): Promise<BareSizes> {
  const { store } = world
  const made = outcome.effects.find((effect) => effect.kind === 'handoff')
  const transit = await store.keys.get(transitKeyId(outcome.at))
  const place = { partition: PARTITION, seq: outcome.seq }
  const decisions = outcome.decisions && (await openDecisions(store.keys, outcome.decisions, place))
  if (!made?.sealed || !transit || !decisions) throw new Error('nothing was sealed')
  const jwe = openTransit(made.handoff, made.sealed, transit.bytes)
  const { label, issuer, disclosures } = openHandoff(jwe, (await world.identity('ncb-nl')).seal.privateKey)
  const payload = Buffer.from(label.split('.')[1] ?? '', 'base64url')
  const { sealed } = JSON.parse(payload.toString('utf8')) as { sealed: string }
  return {
    presentation: issuer.compact.length + disclosures.reduce((sum, one) => sum + one.length + 1, 1),
    facts: Buffer.from(sealed, 'base64url').length - 28,
    labelPayload: payload.length,
    decisions: JSON.stringify(decisions).length,
    inbound: store.codecs.inbound.encode(inbound).value.length,
    outcome: store.codecs.outcome.encode(outcome).value.length,
  }
}

async function oneRound(
  world: BenchWorld,
  driver: Driver,
  inbounds: readonly Inbound[],
  bare: { readonly keys: BareKeys; readonly sizes: BareSizes },
) {
  const compacts = inbounds.map((one) => Buffer.from(one.body).toString('latin1'))
  const least = await timed(inbounds.length, () => {
    for (const compact of compacts) bareCryptography(compact, bare.keys, bare.sizes)
  })
  for (const inbound of inbounds) await putInbound(world, inbound)
  const whole = await timed(inbounds.length, () => driver.drain())
  return { least, whole }
}

interface Rounds {
  readonly wall: Round[]
  readonly cpu: Round[]
}

async function rounds(
  world: BenchWorld,
  driver: Driver,
  label: string,
  effort: { readonly rounds: number; readonly batch: number },
  progress: Progress,
): Promise<Rounds> {
  const [first] = await makeMany(world, label, 1)
  if (!first) throw new Error('no message')
  await putInbound(world, first)
  await driver.drain()
  const outcome = (await answersOf(world, PARTITION)).at(-1)
  if (!outcome) throw new Error('no answer')
  const bare = { keys: await bareKeys(world), sizes: await sizesOf(world, outcome, first) }
  progress(`bytes of one message: ${JSON.stringify({ jwe: first.body.length, ...bare.sizes })}`)
  const found: Rounds = { wall: [], cpu: [] }
  const before = (await answersOf(world, PARTITION)).length
  for (let round = 0; round <= effort.rounds; round += 1) {
    const inbounds = await makeMany(world, label, effort.batch)
    const { least, whole } = await oneRound(world, driver, inbounds, bare)
    // The first round warms everything up.
    if (round === 0) continue
    found.wall.push({ pipelineUs: whole.wall, bareUs: least.wall })
    found.cpu.push({ pipelineUs: whole.cpu, bareUs: least.cpu })
    progress(`round ${round}: ${Math.round(whole.wall)} µs a message, bare ${Math.round(least.wall)} µs`)
  }
  requireSealed((await answersOf(world, PARTITION)).slice(before), RECIPIENTS.length)
  return found
}

const ratios = (all: readonly Round[]): number[] => all.map((one) => one.bareUs / one.pipelineUs)

/** `wholeBatches`: blocks of 64 inputs; else blocks end after 5 ms of work, as in service. */
async function measureOne(
  wholeBatches: boolean,
  effort: { readonly rounds: number; readonly batch: number },
  progress: Progress,
): Promise<Rounds> {
  const world = await openBenchWorld()
  const driver = openDriver(world, PARTITION, wholeBatches)
  try {
    const label = await labelForDiffusion(world, driver, PARTITION)
    return await rounds(world, driver, label, effort, progress)
  } finally {
    driver.close()
    await world.close()
  }
}

export async function measurePipeline(
  effort: { readonly rounds: number; readonly batch: number },
  progress: Progress,
): Promise<Measured[]> {
  const figures: Measured[] = []
  for (const wholeBatches of [true, false]) {
    progress(
      wholeBatches ? `blocks of up to ${effort.batch} inputs` : 'blocks of 5 ms of work, as in service',
    )
    const { wall, cpu } = await measureOne(wholeBatches, effort, progress)
    const [pipeline, bare] = [
      median(wall.map((one) => one.pipelineUs)),
      median(wall.map((one) => one.bareUs)),
    ]
    figures.push({
      name: wholeBatches ? 'pipeline_vs_crypto' : 'pipeline_vs_crypto_5ms_blocks',
      value: rounded(median(ratios(wall))),
      unit: 'ratio',
      of: 'bare cryptography, base64url and JSON.parse of the same messages',
      per: 'message to two permitted recipients',
      note: `${rounded(pipeline)} against ${rounded(bare)} µs a message; processor time ${rounded(median(ratios(cpu)))}; ${spread(ratios(wall), '')}`,
    })
  }
  return figures
}
