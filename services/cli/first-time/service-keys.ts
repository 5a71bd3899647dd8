/** The exchange's own keys at first start (design §7): private halves to the key store, public halves to control. */
import { createPrivateKey, type KeyObject } from 'node:crypto'
import type { PkiKeyKind, PkiPorts } from '#adapters/pki/ports.ts'
import type { KeyRow } from '#core/ports/key-store.ts'

const DAY_MS = 86_400_000
export const INTAKE_DAYS = 2
const LABEL_DAYS = 365
const COMMAND_DAYS = 3650

export interface ServiceKeySet {
  readonly rows: readonly KeyRow[]
  /** Control artefacts: path → JSON text. */
  readonly artefacts: ReadonlyMap<string, string>
}

interface Made {
  readonly privateDer: Uint8Array
  readonly jwk: Readonly<Record<string, unknown>>
}

function make(ports: PkiPorts, kind: PkiKeyKind): Made {
  const { privateKey, publicKey } = ports.keyPair(kind)
  return {
    privateDer: privateKey.export({ format: 'der', type: 'pkcs8' }),
    jwk: publicKey.export({ format: 'jwk' }) as Readonly<Record<string, unknown>>,
  }
}

const published = (kid: string, jwk: Made['jwk'], from: number, until: number): string =>
  JSON.stringify({ kid, jwk, from, until })

/** An intake key of each kind, in force from `from` (ms): partners seal to the curve they know. */
export function makeIntakeKeys(ports: PkiPorts, from: number): ServiceKeySet {
  const rows: KeyRow[] = []
  const artefacts = new Map<string, string>()
  const until = from + INTAKE_DAYS * DAY_MS
  for (const kind of ['P-256', 'X25519'] as const) {
    const kid = `${new Date(from).toISOString().slice(0, 10)}-${kind.toLowerCase()}-${hex(ports, 4)}`
    const made = make(ports, kind)
    rows.push({ id: `i:${kid}`, kind: 'intake', bytes: made.privateDer, notAfter: until })
    artefacts.set(`keys/intake/${kid}.json`, published(kid, made.jwk, from, until))
  }
  return { rows, artefacts }
}

function makeLabelKey(ports: PkiPorts, from: number): ServiceKeySet {
  const kid = `label-${new Date(from).toISOString().slice(0, 10)}-${hex(ports, 4)}`
  const made = make(ports, 'P-256')
  const until = from + LABEL_DAYS * DAY_MS
  return {
    rows: [
      { id: `l:${kid}`, kind: 'label', bytes: made.privateDer, notAfter: until },
      { id: `s:${kid}`, kind: 'label-seal', bytes: ports.bytes(32) },
    ],
    artefacts: new Map([[`keys/label/${kid}.json`, published(kid, made.jwk, from, until)]]),
  }
}

function makeCommandKey(ports: PkiPorts, name: string, from: number): ServiceKeySet {
  const made = make(ports, 'Ed25519')
  return {
    rows: [{ id: `op:${name}`, kind: 'operator', bytes: made.privateDer }],
    artefacts: new Map([
      [`keys/command/${name}.json`, published(name, made.jwk, from, from + COMMAND_DAYS * DAY_MS)],
    ]),
  }
}

/** Everything a new exchange needs but the ledger's own key. */
export function makeServiceKeys(ports: PkiPorts): ServiceKeySet {
  const from = Math.floor(ports.clock.now() / 1000) * 1000
  const sets = [
    makeIntakeKeys(ports, from),
    makeLabelKey(ports, from),
    makeCommandKey(ports, 'courier', from),
    makeCommandKey(ports, 'operator', from),
  ]
  return {
    rows: sets.flatMap((set) => set.rows),
    artefacts: new Map(sets.flatMap((set) => [...set.artefacts])),
  }
}

const hex = (ports: PkiPorts, count: number): string => Buffer.from(ports.bytes(count)).toString('hex')

/** A private key row of the store as a KeyObject. */
export function privateKeyOf(row: KeyRow): KeyObject {
  return createPrivateKey({ key: Buffer.from(row.bytes), format: 'der', type: 'pkcs8' })
}
