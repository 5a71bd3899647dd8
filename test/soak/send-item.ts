/** One item of the workload from its first message to its last. */
import type { HandoffId } from '#core/ids.ts'
import type { Composer, Wire } from './compose.ts'
import type { Submitter } from './submit.ts'
import { draftOf, type Item, itemOf } from './workload.ts'

const WAIT_SECONDS = 10

/** Another subject outside than the one that was signed. */
function misroute(wire: Wire, subject: string): Wire {
  const first = subject[0] === '0' ? '1' : '0'
  return { ...wire, attributes: { ...wire.attributes, subject: `${first}${subject.slice(1)}` } }
}

/** One character of the ciphertext is another. */
function tamper(wire: Wire): Wire {
  const parts = wire.body.split('.')
  const text = parts[3] ?? ''
  parts[3] = `${text[0] === 'A' ? 'B' : 'A'}${text.slice(1)}`
  return { ...wire, body: parts.join('.') }
}

async function supersede(item: Item, composer: Composer, submitter: Submitter): Promise<void> {
  const draft = draftOf(item)
  const wire = composer.seal(await composer.sign(draft, item.id, item.subject))
  const answer = await submitter.submit(item.index, 'first', wire, WAIT_SECONDS)
  if (answer === undefined) return
  const { handoffs } = JSON.parse(answer) as { handoffs?: readonly { handoff: HandoffId }[] }
  const [first] = handoffs ?? []
  // Not answered within the wait: then this item is one message.
  if (!first) return
  const toExchange = { ...draft.toExchange, supersedes: first.handoff }
  const second = composer.seal(await composer.sign({ ...draft, toExchange }, item.secondId, item.subject))
  await submitter.submit(item.index, 'second', second)
}

export async function sendItem(
  seed: number,
  index: number,
  composer: Composer,
  submitter: Submitter,
): Promise<void> {
  const item = itemOf(seed, index)
  if (item.kind === 'superseded') return await supersede(item, composer, submitter)
  const draft = draftOf(item)
  const signed = await composer.sign(draft, item.id, item.subject)
  const wire = composer.seal(signed)
  if (item.kind === 'broken') return void (await submitter.submit(index, 'first', tamper(wire)))
  if (item.kind === 'misrouted')
    return void (await submitter.submit(index, 'first', misroute(wire, item.subject)))
  const taken = await submitter.submit(index, 'first', wire)
  if (taken === undefined) return
  if (item.kind === 'repeat') await submitter.submit(index, 'again', wire)
  if (item.kind === 'resealed') await submitter.submit(index, 'resealed', composer.seal(signed))
  if (item.kind === 'reused') {
    // Fresh salts: another content under an id that is taken.
    const other = await composer.sign(draft, item.id, item.subject)
    await submitter.submit(index, 'reused', composer.seal(other))
  }
}
