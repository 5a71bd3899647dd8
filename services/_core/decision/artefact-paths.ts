import { fail } from '#core/failure.ts'
import { type Node, readJson, readText } from './read-json.ts'

/** Every place that an artefact of control may have; `name` is the part that tells files of one kind apart. */
const KINDS = {
  legal: /^contracts\/legal\/(?<name>[a-z0-9-]+)\.cedar$/,
  facts: /^contracts\/(?<name>facts)\.json$/,
  partner: /^contracts\/partner\/(?<name>[a-z0-9-]+)\.json$/,
  agreement: /^contracts\/agreement\/(?<name>[a-z0-9-]+)\.json$/,
  register: /^contracts\/register\/(?<name>[a-z0-9-]+)\.json$/,
  signature: /^contracts\/(?<name>agreement\/[a-z0-9-]+\.[0-9A-Z]{20}|register\/[a-z0-9-]+)\.jws$/,
  schema: /^schemas\/message\/(?<name>[a-z0-9./-]+)\.avsc$/,
  ca: /^pki\/(?<name>ca)\.pem$/,
  crl: /^pki\/(?<name>crl)\.pem$/,
  certificate: /^pki\/cert\/(?<name>[A-Za-z0-9_-]{43})\.pem$/,
  intakeKey: /^keys\/intake\/(?<name>[A-Za-z0-9_.:-]+)\.json$/,
  labelKey: /^keys\/label\/(?<name>[A-Za-z0-9_.:-]+)\.json$/,
  commandKey: /^keys\/command\/(?<name>[A-Za-z0-9_.:-]+)\.json$/,
  profile: /^(?<name>profile)\.json$/,
  withdrawn: /^(?<name>withdrawn)\.json$/,
} as const

export type ArtefactKind = keyof typeof KINDS

export interface Artefact {
  readonly path: string
  readonly name: string
  readonly bytes: Uint8Array
}

/** The artefacts by kind, each kind in path order. A path of no kind throws `OPS_CONTROL`: a misplaced file would be a rule nobody reads. */
export function sortArtefacts(
  artefacts: ReadonlyMap<string, Uint8Array>,
): Readonly<Record<ArtefactKind, readonly Artefact[]>> {
  const kinds = Object.keys(KINDS) as ArtefactKind[]
  const sorted = Object.fromEntries(kinds.map((kind) => [kind, [] as Artefact[]])) as Record<
    ArtefactKind,
    Artefact[]
  >
  for (const [path, bytes] of [...artefacts].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const kind = kinds.find((candidate) => KINDS[candidate].test(path))
    if (!kind) return fail('OPS_CONTROL', path, 'no artefact has this path')
    sorted[kind].push({ path, name: KINDS[kind].exec(path)?.groups?.['name'] ?? '', bytes })
  }
  return sorted
}

export function theOne(found: readonly Artefact[], path: string): Artefact {
  return found[0] ?? fail('OPS_CONTROL', path, 'this artefact is missing')
}

export const jsonOf = (artefact: Artefact): Node => readJson(artefact.path, artefact.bytes)

export const textOf = (artefact: Artefact): string => readText(artefact.path, artefact.bytes)
