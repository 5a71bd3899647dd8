import { mkdir } from 'node:fs/promises'
import { systemClock } from '#adapters/clock/system.ts'
import { systemPkiPorts } from '#adapters/pki/system-pki-ports.ts'
import { systemRandom } from '#adapters/random/system.ts'
import { fail } from '#core/failure.ts'
import { oinOf, parseEndpointUrn } from '#core/ids.ts'
import { appendChained, readToEnd } from '#core/log/append-chained.ts'
import { controlChain } from '#core/log/chain.ts'
import type { RecordCodecs } from '#core/log/codec.ts'
import { initialiseLog } from '#core/log/initialise-log.ts'
import { loadCodecs } from '#core/log/record-codecs.ts'
import type { ArtefactStore } from '#core/ports/artefact-store.ts'
import type { EventLog } from '#core/ports/event-log.ts'
import type { KeyStore } from '#core/ports/key-store.ts'
import { createLedgerKey } from '#services/ledger/ledger-key.ts'
import type { Call, ExitCode } from './command.ts'
import { addCertificates, addSignatures, readContracts, signersOf } from './first-time/artefacts.ts'
import { createAuthority, type PartnerFile } from './first-time/authority.ts'
import { makeServiceKeys, privateKeyOf } from './first-time/service-keys.ts'
import { openParts } from './open-parts.ts'
import { projectRoot } from './project-root.ts'
import { type StorePaths, storePaths } from './store-paths.ts'

const FOUNDER = { identity: 'operator', founding: true } as const

/** The exchange of the development profile. */
export const EXCHANGE = parseEndpointUrn('urn:nld:oin:00000099000000000001:systeem:schakel', '/exchange')

export interface InitOptions {
  readonly strict: boolean
  /** Changes to the checked-in contracts before they are signed: path → new bytes. */
  readonly amend?: (artefacts: Map<string, Uint8Array>) => void
  readonly progress: (text: string) => void
}

/** What a data directory holds already. */
type Founded = 'nothing' | 'genesis' | 'control'

async function founded(log: EventLog, codecs: RecordCodecs): Promise<Founded> {
  if ((await log.end('control', 0)) === 0) return 'nothing'
  const head = await readToEnd(log, controlChain(codecs), 0, undefined)
  if (head.seq < 2) return 'nothing'
  return head.epoch > 0 ? 'control' : 'genesis'
}

/** Whether the log of this data directory has its first epoch. */
export async function isFounded(data: string): Promise<boolean> {
  const { log, registry, close } = await openParts(data, FOUNDER)
  try {
    return (await founded(log, await loadCodecs(registry))) === 'control'
  } finally {
    await close()
  }
}

/** Partner files among the artefacts, in path order. */
function partnersOf(artefacts: ReadonlyMap<string, Uint8Array>): readonly PartnerFile[] {
  return [...artefacts]
    .filter(([path]) => path.startsWith('contracts/partner/'))
    .map(([, bytes]) => JSON.parse(Buffer.from(bytes).toString('utf8')) as PartnerFile)
}

async function collect(
  paths: StorePaths,
  keys: KeyStore,
  options: InitOptions,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const pki = systemPkiPorts(systemClock, systemRandom)
  const artefacts = await readContracts(projectRoot())
  options.amend?.(artefacts)
  const partners = partnersOf(artefacts)
  const authority = await createAuthority(pki, paths, oinOf(EXCHANGE), partners, options.progress)
  const service = makeServiceKeys(pki)
  await keys.put(service.rows)
  await createLedgerKey(keys, systemRandom)
  const operator = service.rows.find((row) => row.id === 'op:operator') ?? fail('BUG_INVARIANT')
  for (const [path, text] of service.artefacts) artefacts.set(path, Buffer.from(text))
  artefacts.set('profile.json', Buffer.from(JSON.stringify({ exchange: EXCHANGE, strict: options.strict })))
  artefacts.set('withdrawn.json', Buffer.from('[]'))
  const carried = new Set(partners.filter((one) => one.via).map((one) => one.id))
  addCertificates(artefacts, authority, carried)
  addSignatures(artefacts, signersOf(authority, privateKeyOf(operator)))
  return artefacts
}

async function firstEpoch(
  log: EventLog,
  codecs: RecordCodecs,
  store: ArtefactStore,
  artefacts: ReadonlyMap<string, Uint8Array>,
): Promise<void> {
  const entries = await Promise.all(
    [...artefacts].map(async ([path, bytes]) => ({ path, sha256: await store.put(bytes) })),
  )
  await appendChained(log, controlChain(codecs), 0, undefined, (head) =>
    head.epoch > 0
      ? undefined
      : {
          seq: head.seq + 1,
          prev: head.hash,
          at: Math.max(head.at, systemClock.now()),
          epoch: head.epoch + 1,
          genesis: null,
          entries,
          note: 'first epoch',
        },
  )
}

/**
 * Founds a data directory: log, development PKI, keys, first epoch. Answers false when it is founded already; goes on where
 * an interrupted attempt stopped (keys of that attempt are replaced: nothing was published with them).
 */
export async function initialise(data: string, options: InitOptions): Promise<boolean> {
  await mkdir(data, { recursive: true, mode: 0o700 })
  await mkdir(storePaths(data).folds, { recursive: true, mode: 0o700 })
  const { paths, log, keys, artefacts: store, registry, close } = await openParts(data, FOUNDER)
  try {
    const codecs = await loadCodecs(registry)
    const before = await founded(log, codecs)
    if (before === 'control') return false
    options.progress('first start: making the log, a certificate authority and keys')
    if (before === 'nothing') await initialiseLog(log, codecs, systemRandom, systemClock)
    await keys.destroy(['op:operator', 'op:courier'])
    const artefacts = await collect(paths, keys, options)
    await firstEpoch(log, codecs, store, artefacts)
    return true
  } finally {
    await close()
  }
}

export async function runInit(call: Call): Promise<ExitCode> {
  const made = await initialise(call.data, {
    strict: call.flag('strict'),
    progress: (text) => call.out.progress(text),
  })
  call.out.answer({ data: call.data, made }, [made ? `made ${call.data}` : `${call.data} is there already`])
  return 0
}
