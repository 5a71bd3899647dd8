/** The messages that the bench sends, and the label that some of them need: got as partners get it, through the exchange. */
import type { Outcome } from '#core/handoff/outcome.ts'
import { openHandoff, type ReadHandoff, verifyHandoff } from '#core/message/open-handoff.ts'
import { openTransit } from '#core/message/open-transit.ts'
import { transitKeyId } from '#core/message/seal-handoff.ts'
import { story } from '../support/story-messages.ts'
import type { Draft } from '../support/verified-message.ts'
import { answersOf, type BenchWorld, type Driver, putInbound, type Sent } from './bench-world.ts'

const later = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString()

/** Story messages speak of a fixed day; the bench runs today. */
function today({ evidence: _, ...draft }: Draft): Sent {
  const data = { ...draft.data }
  for (const [name, days] of [
    ['validUntil', 2],
    ['windowFrom', 0],
    ['windowUntil', 2],
    ['assessedAt', -5],
    ['actionAt', 0],
  ] as const) {
    if (data[name] !== undefined) data[name] = later(days)
  }
  return { ...draft, data }
}

export const risk = (): Sent => {
  const sent = today(story.risk())
  return { ...sent, data: { ...sent.data, validUntil: later(360) } }
}
export const omDecision = (): Sent => {
  const sent = today(story.decision())
  return { ...sent, data: { ...sent.data, validUntil: later(180) } }
}
export const request = (labels: readonly string[]): Sent => ({ ...today(story.request()), labels })
export const alert = (): Sent => today(story.alert())
export const tip = (): Sent => today(story.tip())

/** About 1 KB of data to two national bureaux, both permitted on one label. */
export const diffusion = (labels: readonly string[]): Sent => {
  const sent = today(story.diffusion())
  const text = 'Synthetische tekst over een persoon die niet bestaat. '
  const data = { ...sent.data, threat: text.repeat(8).trim(), grounds: text.repeat(6).trim() }
  return { ...sent, data, labels }
}

/** Cheap to decide, both permitted: no personal data, two recipients. */
export const feedback = (): Sent => {
  const sent = today(story.feedback())
  const [first] = sent.to
  return first ? { ...sent, to: [first, { ...first, to: 'tdh/veldwerk' }] } : sent
}

/** Feedback that also goes where no law lets it: two recipients get it, six are refused. */
export const broadFeedback = (): Sent => {
  const sent = feedback()
  const others = [
    'om-lp/parket',
    'recl/toezicht',
    'kmar/politie',
    'kmar/vreemdelingen',
    'ncb-nl/ncb',
    'tbkk/mandaat',
  ]
  const [first] = sent.to
  return first ? { ...sent, to: [...sent.to, ...others.map((to) => ({ ...first, to }))] } : sent
}

/** What the first recipient of the last answer got, opened with its own key. */
async function lastReceived(world: BenchWorld, partition: number, partner: string): Promise<ReadHandoff> {
  const outcome = (await answersOf(world, partition)).at(-1)
  if (!outcome) throw new Error('nothing was answered')
  return await receive(world, outcome, partner)
}

async function receive(world: BenchWorld, outcome: Outcome, partner: string): Promise<ReadHandoff> {
  const { store } = world
  const made = outcome.effects.find((effect) => effect.kind === 'handoff')
  const transit = await store.keys.get(transitKeyId(outcome.at))
  if (!made?.sealed || !transit) throw new Error(`not sealed: ${made?.state} ${outcome.answer.code}`)
  const jwe = openTransit(made.handoff, made.sealed, transit.bytes)
  const opened = openHandoff(jwe, (await world.identity(partner)).seal.privateKey)
  const { epoch } = store.control.current()
  const certificate = epoch.certificates.get(opened.thumbprint as never)
  if (!certificate) throw new Error('no certificate')
  return verifyHandoff(opened, {
    to: made.to,
    exchange: epoch.exchange,
    labelKeys: epoch.labelKeys,
    certificate,
  })
}

/** Plays steps 4, 5 and 7 of the story: the label with which NCB may send its diffusion. */
export async function labelForDiffusion(
  world: BenchWorld,
  driver: Driver,
  partition: number,
): Promise<string> {
  const labels: string[] = []
  for (const sent of [risk(), omDecision()]) {
    await putInbound(world, await world.make({ ...sent, partition }))
    await driver.drain()
    labels.push((await lastReceived(world, partition, 'tbkk')).evidence)
  }
  await putInbound(world, await world.make({ ...request(labels), partition }))
  await driver.drain()
  return (await lastReceived(world, partition, 'ncb-nl')).evidence
}
