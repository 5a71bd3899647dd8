import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { openTileFolder } from '#adapters/tiles/folder.ts'
import { asFailure, type Failure, fail } from '#core/failure.ts'
import type { HandoffId } from '#core/ids.ts'
import { parseCheckpoint } from '#core/ledger/checkpoint.ts'
import type { ConsolePorts, LedgerHead } from '#services/console/ports.ts'
import type { ReplayAsk } from '#services/console/replay-ask.ts'
import { CONSOLE_ROLES } from '#services/console/roles.ts'
import { startConsole } from '#services/console/run.ts'
import type { Store } from '../open-store.ts'
import { projectRoot } from '../project-root.ts'
import { prove } from '../prove.ts'
import { proposedRules } from '../replay/proposed-rules.ts'
import { replay } from '../replay.ts'
import { operationsOf } from './operations-of.ts'
import { openDoor, startLinks } from './sign-in-door.ts'
import { type SignInLinks, writeSignIn } from './sign-in-file.ts'

export interface ConsoleUp {
  readonly url: string
  /** Role → address that signs one in while this process runs. */
  readonly signIn: SignInLinks
  close(): Promise<void>
}

/** The pages on loopback; what they show comes from the view, control and the ledger folder. */
export async function runConsole(
  store: Store,
  port: number,
  gateway: string | undefined,
  report: (failure: Failure, about: string) => void,
): Promise<ConsoleUp> {
  const { data } = store.paths
  const place = { name: 'console', folder: data, roles: CONSOLE_ROLES }
  const door = openDoor(place, () => store.clock.now())
  const running = await startConsole({ ...pagesOf(store, port, gateway, report), door })
  const signIn = startLinks(door, CONSOLE_ROLES, running.url)
  const forget = await writeSignIn(data, 'console', signIn)
  const close = async () => {
    await forget()
    await running.close()
  }
  return { url: running.url, signIn, close }
}

function pagesOf(
  store: Store,
  port: number,
  gateway: string | undefined,
  report: ConsolePorts['report'],
): Omit<ConsolePorts, 'door'> {
  const tiles = openTileFolder(store.paths.ledger)
  return {
    host: '127.0.0.1',
    port,
    view: store.view,
    control: store.control,
    clock: store.clock,
    report,
    matrix: () => readFile(projectRoot('contracts/matrix.txt'), 'utf8'),
    gateway,
    operations: operationsOf(store, store.paths.data),
    duties: (handoff) => ({ of: store.view.dutiesOf(handoff), by: store.view.dutiesBy(handoff) }),
    rules: () => rulesInForce(store),
    replay: store.readsInbound ? (ask, progress, signal) => replayAsked(store, ask, progress, signal) : null,
    checkpoint: () => latestCheckpoint(store.paths.ledger),
    async proof(handoff: HandoffId) {
      try {
        return JSON.stringify(await prove({ ...store, tiles }, handoff), null, 2)
      } catch (error) {
        if (asFailure(error).code === 'OPS_NOT_FOUND') return undefined
        throw error
      }
    },
  }
}

async function latestCheckpoint(ledger: string): Promise<LedgerHead | undefined> {
  const path = join(ledger, 'checkpoint')
  const note = await readFile(path, 'utf8').catch(() => undefined)
  const checkpoint = note === undefined ? undefined : parseCheckpoint(note)
  if (!checkpoint) return undefined
  const { origin, size, root } = checkpoint
  return { origin, size, root: Buffer.from(root).toString('base64'), time: (await stat(path)).mtimeMs }
}

async function rulesInForce({ control }: Store): Promise<ReadonlyMap<string, string>> {
  const { policies } = control.current().epoch
  const paths = [...new Set([...policies.values()].map(({ file }) => file))].sort()
  const rules = new Map<string, string>()
  for (const path of paths) {
    const bytes = (await control.artefact(path)) ?? fail('OPS_CONTROL', path)
    rules.set(path, Buffer.from(bytes).toString('utf8'))
  }
  return rules
}

async function replayAsked(
  store: Store,
  { from, until, partner, type, rules }: ReplayAsk,
  progress: (total: number) => void,
  signal: AbortSignal,
) {
  const proposed =
    rules &&
    (await proposedRules(
      store,
      new Map([...rules].map(([path, text]) => [path, new Uint8Array(Buffer.from(text, 'utf8'))])),
    ))
  return replay(store, {
    ...(from === null ? {} : { from }),
    ...(until === null ? {} : { until }),
    partner: partner ?? undefined,
    type: type ?? undefined,
    proposed: proposed ?? undefined,
    progress,
    signal,
  })
}
