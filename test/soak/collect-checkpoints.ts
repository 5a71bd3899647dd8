/** Every checkpoint that the ledger publishes while a soak runs, as a witness would keep them. */
import { readFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'

const EVERY_MS = 1_000

/** Until the signal aborts; each other checkpoint once, in the order in which it was seen. */
export async function collectCheckpoints(path: string, notes: string[], signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const note = await readFile(path, 'utf8').catch(() => '')
    if (note !== '' && note !== notes.at(-1)) notes.push(note)
    await delay(EVERY_MS, undefined, { signal }).catch(() => undefined)
  }
}
