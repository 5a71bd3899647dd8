import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fail } from '#core/failure.ts'
import { type MessageId, parseMessageId } from '#core/ids.ts'

/** What is sent, byte for byte: sealed to the exchange, so that nothing readable lies here. */
export interface Outgoing {
  readonly id: MessageId
  readonly attributes: Readonly<Record<string, string>>
  readonly jwe: string
}

const SUFFIX = '.json'
const SENT = 'sent'

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}

async function readMessage(path: string, id: MessageId): Promise<Outgoing | undefined> {
  const text = await readFile(path, 'utf8').catch(ignoreMissing)
  if (text === undefined) return undefined
  try {
    const { attributes, jwe } = JSON.parse(text) as Outgoing
    return { id, attributes, jwe }
  } catch {
    return fail('OPS_DATA', `/outbox/${id}`, 'outbox file is damaged')
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/**
 * Sealed messages until their outcome is known. A retry must send the same bytes: fresh salts under the same id would be
 * another message (`MSG_ID_REUSED`). Files 0600 in a folder 0700, one per message; durable when `put` returns.
 */
export class Outbox {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  async put(message: Outgoing): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 })
    const path = this.#path(message.id)
    const handle = await open(`${path}.new`, 'w', 0o600)
    try {
      await handle.writeFile(JSON.stringify(message))
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(`${path}.new`, path)
    await syncFolder(this.#folder)
  }

  /** Undefined when it is not there (any more). */
  get(id: MessageId): Promise<Outgoing | undefined> {
    return readMessage(this.#path(id), id)
  }

  /** Keeps the bytes after their outcome, apart: they no longer count as unsent. */
  async keep(id: MessageId): Promise<void> {
    await mkdir(join(this.#folder, SENT), { recursive: true, mode: 0o700 })
    await rename(this.#path(id), this.#sentPath(id)).catch(ignoreMissing)
  }

  kept(id: MessageId): Promise<Outgoing | undefined> {
    return readMessage(this.#sentPath(id), id)
  }

  async delete(id: MessageId): Promise<void> {
    await rm(this.#path(id), { force: true })
  }

  /** Ids in the outbox, in no particular order. */
  async list(): Promise<readonly MessageId[]> {
    const names = (await readdir(this.#folder).catch(ignoreMissing)) ?? []
    return names
      .filter((name) => name.endsWith(SUFFIX))
      .map((name) => parseMessageId(name.slice(0, -SUFFIX.length), '/outbox'))
  }

  #path(id: MessageId): string {
    return join(this.#folder, `${parseMessageId(id, '/id')}${SUFFIX}`)
  }

  #sentPath(id: MessageId): string {
    return join(this.#folder, SENT, `${parseMessageId(id, '/id')}${SUFFIX}`)
  }
}
