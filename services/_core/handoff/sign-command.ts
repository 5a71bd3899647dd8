import type { KeyObject } from 'node:crypto'
import type { HandoffId, MessageId } from '#core/ids.ts'
import { signJws } from '#core/message/jws.ts'
import type { Inbound } from './outcome.ts'

/** What a service tells the exchange: `released` by the courier, `erase` by the operator. */
export type Command =
  | { readonly cmd: 'released'; readonly handoff: HandoffId }
  | { readonly cmd: 'erase'; readonly handoff: HandoffId; readonly scope: 'message' | 'case' }

export interface CommandSigner {
  /** `courier` or `operator`: a name of `keys/command/<name>.json`. */
  readonly name: string
  /** Ed25519. */
  readonly key: KeyObject
}

/**
 * A command as an inbound record: compact JWS (RFC 7515; `Ed25519`, RFC 9864), typ `schakel-command+jwt`.
 * `now` in ms; `id` fresh. The record belongs in the partition of the hand-off.
 */
export function signCommand(command: Command, signer: CommandSigner, id: MessageId, now: number): Inbound {
  const header = { alg: 'Ed25519', typ: 'schakel-command+jwt', kid: signer.name }
  const payload = { iss: signer.name, iat: Math.floor(now / 1000), jti: id, ...command }
  return {
    kind: 'command',
    attributes: { id, subject: command.handoff },
    submitter: null,
    redriveOf: null,
    body: Buffer.from(signJws(header, payload, signer.key), 'ascii'),
  }
}
