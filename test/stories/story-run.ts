/** A whole Schakel in a temporary directory: founded, running, played on, judged. */

import { createPrivateKey } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openTileFolder } from '#adapters/tiles/folder.ts'
import { oinOf } from '#core/ids.ts'
import { decryptJwe } from '#core/message/jwe.ts'
import { fsck } from '#services/cli/fsck.ts'
import { type InitOptions, initialise } from '#services/cli/init.ts'
import { openStore, type Store } from '#services/cli/open-store.ts'
import { transitOpener } from '#services/cli/open-transit.ts'
import { differences, dutyDifferences, readCase } from '#services/cli/running/play-stories.ts'
import { publishedUpto } from '#services/cli/running/published-upto.ts'
import { type OpenStage, openStage } from '#services/cli/running/stage-of.ts'
import { type Running, startServices } from '#services/cli/running/start-services.ts'
import { storePaths } from '#services/cli/store-paths.ts'
import { playCase, type StepResult } from '#services/story/play-case.ts'
import type { ShiftedClock } from '../support/shifted-clock.ts'
import { passTime } from './passing-time.ts'

export interface StoryRun {
  readonly data: string
  readonly store: Store
  readonly gateway: string
  readonly stage: OpenStage
  readonly reports: readonly string[]
  /** Plays a case; answers what differs from what it expects, and every step. */
  play(id: string): Promise<{ readonly problems: readonly string[]; readonly steps: readonly StepResult[] }>
  /** Until everything so far is in a published checkpoint. */
  settled(): Promise<void>
  fsck(): ReturnType<typeof fsck>
  /** Every presentation that was released, decrypted with its reader's own key: what left the exchange. */
  left(): Promise<readonly { readonly handoff: string; readonly to: string; readonly text: string }[]>
  close(): Promise<void>
}

/** With a `clock`, time may pass between steps. */
export async function startStory(
  options: Partial<InitOptions> = {},
  clock?: ShiftedClock,
): Promise<StoryRun> {
  const data = await mkdtemp(join(tmpdir(), 'schakel-story-'))
  const reports: string[] = []
  await initialise(data, { strict: false, progress: () => {}, ...options })
  const store = await openStore(data, storePaths(data).view, {
    identity: 'operator',
    ...(clock ? { clock } : {}),
  })
  const running: Running = await startServices(store, {
    names: new Set(['exchange', 'ledger', 'courier', 'gateway']),
    gatewayPort: 0,
    consolePort: 0,
    report: (service, text) => reports.push(`${service}: ${text}`),
  })
  const gateway = running.gateway ?? ''
  const stage = openStage(store, gateway)
  if (clock) stage.wait = (wait) => passTime(store, clock, wait)
  const settled = async () => {
    for (let turn = 0; turn < 2_400; turn += 1) {
      await store.view.catchUp()
      const upto = await publishedUpto(store)
      if (upto && store.view.head().every((seq, p) => (upto[p] ?? 0) >= seq)) return
      await new Promise((resolve) => setTimeout(resolve, 25))
    }
    throw new Error('the ledger did not catch up')
  }
  return {
    data,
    store,
    gateway,
    stage,
    reports,
    settled,
    async play(id) {
      const story = await readCase(id)
      const problems: string[] = []
      const steps: StepResult[] = []
      for await (const result of playCase(story, stage)) {
        steps.push(result)
        problems.push(...differences(result, (urn) => urn))
        problems.push(...(await dutyDifferences(result.duties, 'now', store.view)))
      }
      const wishes = steps.flatMap((step) => step.duties)
      problems.push(...(await dutyDifferences(wishes, 'end', store.view)))
      return { problems, steps }
    },
    fsck: () => fsck({ ...store, tiles: openTileFolder(store.paths.ledger) }),
    left: () => presentations(store),
    async close() {
      await stage.close()
      await running.stop()
      await store.close()
      await rm(data, { recursive: true, force: true })
    },
  }
}

async function sealingKeys(store: Store): Promise<ReadonlyMap<string, ReturnType<typeof createPrivateKey>>> {
  const keys = new Map<string, ReturnType<typeof createPrivateKey>>()
  for (const partner of store.control.current().epoch.partners.values()) {
    const path = join(store.paths.partners, partner.via ?? partner.id, 'seal.key.pem')
    keys.set(partner.oin, createPrivateKey(await readFile(path)))
  }
  return keys
}

async function presentations(store: Store) {
  const open = transitOpener(store.keys)
  const keys = await sealingKeys(store)
  const all: { handoff: string; to: string; text: string }[] = []
  for (const row of store.view.recent(10_000)) {
    const sealed = await store.view.sealed(row.handoff)
    const key = keys.get(oinOf(row.to))
    const jwe = sealed && (await open(row, sealed))
    if (!jwe || !key) continue
    const text = decryptJwe(jwe, key).plaintext.toString('latin1')
    all.push({ handoff: row.handoff, to: row.to, text: decoded(text) })
  }
  return all
}

/** The presentation as it is, and every part of it decoded once more. */
function decoded(text: string): string {
  const parts = text.split(/[~.]/)
  return [text, ...parts.map((part) => Buffer.from(part, 'base64url').toString('utf8'))].join('\n')
}

/** All files below a folder, for searches. */
export async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
}
