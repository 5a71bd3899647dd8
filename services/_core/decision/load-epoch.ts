import { createHash } from 'node:crypto'
import { Failure, fail } from '#core/failure.ts'
import {
  type EndpointUrn,
  type HandoffId,
  parseEndpointUrn,
  parseHandoffId,
  type TypeName,
} from '#core/ids.ts'
import type { PolicyEngine } from '#core/ports/policy-engine.ts'
import { type Artefact, type ArtefactKind, jsonOf, sortArtefacts, textOf, theOne } from './artefact-paths.ts'
import { carriersOf } from './carriers.ts'
import { checkSignatures } from './check-signatures.ts'
import { checkWorld } from './check-world.ts'
import { codeTables } from './codes.ts'
import type { Versions } from './decision-record.ts'
import type { Endpoint, Epoch, MessageType, ServiceKey } from './epoch.ts'
import type { EpochDeps } from './epoch-deps.ts'
import { loadPolicies } from './load-policies.ts'
import { readAgreement } from './read-agreement.ts'
import { readFacts } from './read-facts.ts'
import { at, flag, list, members, text } from './read-json.ts'
import { readServiceKey } from './read-keys.ts'
import { readPartner } from './read-partner.ts'
import { readRegister } from './read-register.ts'

type Sorted = Readonly<Record<ArtefactKind, readonly Artefact[]>>

/**
 * Everything that verifying and deciding read besides the message, from the artefacts of control at this epoch (path → bytes).
 * Each is validated strictly, signatures and cross-references included; what is missing, unknown, unsigned or does not fit
 * throws `OPS_CONTROL` with its path (and JSON pointer). Pure: the same bytes give the same epoch.
 */
export function loadEpoch(
  number: number,
  artefacts: ReadonlyMap<string, Uint8Array>,
  engine: PolicyEngine,
  deps: EpochDeps,
): Epoch {
  try {
    return load(number, artefacts, engine, deps)
  } catch (error) {
    // Readers shared with the message door fail as MSG_ or PEER_; in control it is the operator who must act.
    if (error instanceof Failure && error.family !== 'OPS') fail('OPS_CONTROL', error.pointer, error.message)
    throw error
  }
}

function load(
  number: number,
  artefacts: ReadonlyMap<string, Uint8Array>,
  engine: PolicyEngine,
  deps: EpochDeps,
): Epoch {
  const sorted = sortArtefacts(artefacts)
  const profile = readProfile(sorted)
  const partners = sorted.partner.map((file) => readPartner(file.name, jsonOf(file)))
  const endpoints = partners.flatMap((partner) => partner.endpoints)
  const commandKeys = new Map(keysOf(sorted.commandKey).map((key) => [key.kid, key]))
  const byOin = new Map(partners.map((partner) => [partner.oin, partner]))
  const pki = readPki(sorted, deps)
  checkSignatures(artefacts, {
    partners: byOin,
    certificates: pki.everSigned,
    operator: commandKeys.get('operator'),
  })
  const agreements = sorted.agreement.map((file) => readAgreement(file.name, jsonOf(file)))
  const registers = new Map(sorted.register.map((file) => [file.name, readRegister(file.name, jsonOf(file))]))
  const types = readTypes(sorted, deps)
  const facts = readFacts(jsonOf(theOne(sorted.facts, 'contracts/facts.json')))
  const codes = codeTables(registers, partners)
  checkWorld({ partners, agreements, registers, codes, types, facts })
  const legal = new Map(sorted.legal.map((file) => [file.path, textOf(file)]))
  const { policies, compiled } = loadPolicies(legal, { codes, facts, types, registers }, engine)
  return {
    number,
    exchange: profile.exchange,
    profile: { strict: profile.strict },
    partners: byOin,
    endpoints: new Map<EndpointUrn, Endpoint>(endpoints.map((endpoint) => [endpoint.urn, endpoint])),
    certificates: pki.certificates,
    revoked: pki.revoked,
    carriers: carriersOf(byOin, pki.everSigned),
    crlUntil: pki.crlUntil,
    intakeKeys: keysOf(sorted.intakeKey),
    labelKeys: keysOf(sorted.labelKey),
    commandKeys,
    withdrawnLabels: readWithdrawn(sorted),
    agreements,
    registers,
    facts,
    types,
    policies,
    compiled,
    versions: versionsOf(sorted, engine),
  }
}

function readProfile(sorted: Sorted): { exchange: EndpointUrn; strict: boolean } {
  const map = members(jsonOf(theOne(sorted.profile, 'profile.json')), ['exchange', 'strict'])
  const exchange = at(map, 'exchange')
  return { exchange: parseEndpointUrn(text(exchange), exchange.path), strict: flag(at(map, 'strict')) }
}

function readWithdrawn(sorted: Sorted): ReadonlySet<HandoffId> {
  const nodes = list(jsonOf(theOne(sorted.withdrawn, 'withdrawn.json')))
  return new Set(nodes.map((node) => parseHandoffId(text(node), node.path)))
}

const keysOf = (files: readonly Artefact[]): readonly ServiceKey[] =>
  files.map((file) => readServiceKey(file.name, jsonOf(file)))

/** Certificates that count, those on the CRL, and all that are there: an agreement outlives the key it was signed with, and whoever had a key is never carried. */
function readPki(sorted: Sorted, deps: EpochDeps) {
  const ca = textOf(theOne(sorted.ca, 'pki/ca.pem'))
  const crl = textOf(theOne(sorted.crl, 'pki/crl.pem'))
  const pems = new Map(sorted.certificate.map((file) => [file.path, textOf(file)]))
  const { certificates, revoked, crlUntil } = deps.readCertificates(ca, crl, pems)
  const everSigned = revoked.size === 0 ? certificates : deps.readCertificates(ca, null, pems).certificates
  return { certificates, revoked, crlUntil, everSigned }
}

/** Of several versions of one type the newest is read; older ones are past. */
function readTypes(sorted: Sorted, deps: EpochDeps): ReadonlyMap<TypeName, MessageType> {
  const types = new Map<TypeName, MessageType>()
  for (const file of sorted.schema) {
    const type = readType(file, deps)
    const known = types.get(type.name)
    if (!known || known.version < type.version) types.set(type.name, type)
  }
  for (const type of types.values()) {
    if (type.answeredBy !== null && !types.has(type.answeredBy as TypeName)) {
      fail('OPS_CONTROL', type.name, `no type ${type.answeredBy} to answer it`)
    }
  }
  return types
}

function readType(file: Artefact, deps: EpochDeps): MessageType {
  try {
    return deps.parseMessageType(textOf(file))
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return fail('OPS_CONTROL', `${file.path}#${error.pointer ?? ''}`, error.message)
  }
}

function versionsOf(sorted: Sorted, engine: PolicyEngine): Versions {
  return {
    rules: digestOf([...sorted.legal, ...sorted.facts]),
    registers: digestOf(sorted.register),
    agreements: digestOf([...sorted.agreement, ...sorted.partner]),
    schemas: digestOf(sorted.schema),
    engine: createHash('sha256').update(engine.version).digest('base64url'),
  }
}

/** SHA-256 over path and SHA-256 of each file, in path order. */
function digestOf(files: readonly Artefact[]): string {
  const hash = createHash('sha256')
  for (const { path, bytes } of files)
    hash.update(`${path}\n${createHash('sha256').update(bytes).digest('hex')}\n`)
  return hash.digest('base64url')
}
