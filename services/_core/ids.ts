/** Branded identifiers; each has one `parse…`, the only door. Formats: design §3, §4; OIN: Logius OIN-Stelsel. */
import { Failure } from './failure.ts'

declare const brand: unique symbol
type Branded<Name extends string> = string & { readonly [brand]: Name }

/** Organisatie-identificatienummer, 20 positions; test OINs start with 00000099. */
export type Oin = Branded<'Oin'>
/** `urn:nld:oin:<oin>:systeem:<name>`: one endpoint of one partner. */
export type EndpointUrn = Branded<'EndpointUrn'>
/** `ho-<partition>-<seq>-<r>`, r = 16 hex of chance: it does not count recipients. */
export type HandoffId = Branded<'HandoffId'>
/** 128-bit case reference, 32 lower-case hex. */
export type CaseRef = Branded<'CaseRef'>
/** Message id (`jti`), a lower-case UUID. */
export type MessageId = Branded<'MessageId'>
/** `nl.schakel.<family…>.<name>.v<n>`. */
export type Vct = Branded<'Vct'>
/** The type without prefix and version, as in Cedar's `Action::"tip.ngo.forwarded"`. */
export type TypeName = Branded<'TypeName'>
/** SHA-256 as base64url, 43 characters. */
export type Digest = Branded<'Digest'>

const OIN = /^[0-9]{8}[0-9A-Z]{12}$/
const URN = /^urn:nld:oin:([0-9]{8}[0-9A-Z]{12}):systeem:([a-z0-9][a-z0-9-]{0,62})$/
const HANDOFF = /^ho-([0-9]|1[0-5])-([1-9][0-9]{0,14})-[0-9a-f]{16}$/
const CASE = /^[0-9a-f]{32}$/
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const VCT = /^nl\.schakel\.((?:[a-z][a-z0-9-]*\.)+)v([1-9][0-9]{0,2})$/
const DIGEST = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/

function parser<T extends string>(pattern: RegExp) {
  return (value: unknown, pointer: string): T => {
    if (typeof value !== 'string' || !pattern.test(value)) throw new Failure('MSG_CLAIM', pointer)
    return value as T
  }
}

export const parseOin = parser<Oin>(OIN)
export const parseEndpointUrn = parser<EndpointUrn>(URN)
export const parseHandoffId = parser<HandoffId>(HANDOFF)
export const parseCaseRef = parser<CaseRef>(CASE)
export const parseMessageId = parser<MessageId>(UUID)
export const parseVct = parser<Vct>(VCT)
export const parseDigest = parser<Digest>(DIGEST)

export function isHandoffId(value: string): value is HandoffId {
  return HANDOFF.test(value)
}

export function isCaseRef(value: string): value is CaseRef {
  return CASE.test(value)
}

/** The OIN in an endpoint's urn. */
export function oinOf(urn: EndpointUrn): Oin {
  return URN.exec(urn)?.[1] as Oin
}

/** Partition and seq of the outcome that made this hand-off. */
export function handoffPlace(id: HandoffId): { partition: number; seq: number } {
  const match = HANDOFF.exec(id)
  return { partition: Number(match?.[1]), seq: Number(match?.[2]) }
}

/** `nl.schakel.tip.ngo.forwarded.v1` → `tip.ngo.forwarded`. */
export function typeNameOf(vct: Vct): TypeName {
  return (VCT.exec(vct)?.[1] ?? '').slice(0, -1) as TypeName
}

/** The one way to make a hand-off id; `chance` = 8 random bytes. */
export function makeHandoffId(partition: number, seq: number, chance: Uint8Array): HandoffId {
  return `ho-${partition}-${seq}-${Buffer.from(chance).toString('hex')}` as HandoffId
}
