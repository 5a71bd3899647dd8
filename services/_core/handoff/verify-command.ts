import { verify } from 'node:crypto'
import type { Epoch } from '#core/decision/epoch.ts'
import { fail } from '#core/failure.ts'
import { type Digest, type MessageId, parseHandoffId, parseMessageId } from '#core/ids.ts'
import { LIMITS } from '#core/limits.ts'
import { decodeBase64url } from '#core/message/base64url.ts'
import { sha256Of } from '#core/message/disclosure.ts'
import { parseStrictJson } from '#core/message/strict-json.ts'
import { numericDate } from '#core/message/verify-signature.ts'
import type { Command } from './sign-command.ts'

const MAX_BYTES = 4096
/** Who may say what: the courier releases, the operator erases. */
const MAY: Readonly<Record<string, Command['cmd']>> = { courier: 'released', operator: 'erase' }

function member(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return fail('MSG_CLAIM', `/${name}`)
  return (value as Readonly<Record<string, unknown>>)[name]
}

export interface VerifiedCommand {
  readonly command: Command
  readonly jti: MessageId
  /** SHA-256 of what was signed. */
  readonly digest: Digest
  /** Nobody can hand it in after this, ms. */
  readonly until: number
}

/**
 * The command in a compact JWS made by `signCommand`, signed by a service that control names and that may say it, and received
 * within a day of its `iat`: whoever keeps a command cannot give it again later.
 */
export function verifyCommand(
  body: Uint8Array,
  epoch: Epoch,
  at: number,
  receivedAt: number,
): VerifiedCommand {
  if (body.length > MAX_BYTES) fail('MSG_SIZE')
  const parts = Buffer.from(body).toString('latin1').split('.')
  const [header64, payload64, signature64] = parts
  if (parts.length !== 3 || !header64 || !payload64 || !signature64) return fail('MSG_FRAMING')
  const header = parseStrictJson(decodeBase64url(header64))
  if (member(header, 'alg') !== 'Ed25519') fail('MSG_ALG')
  if (member(header, 'typ') !== 'schakel-command+jwt') fail('MSG_TYP')
  const name = member(header, 'kid')
  const key = typeof name === 'string' ? epoch.commandKeys.get(name) : undefined
  if (typeof name !== 'string' || !key || at < key.from || at >= key.until) return fail('PEER_KEY_UNKNOWN')
  const input = Buffer.from(`${header64}.${payload64}`, 'latin1')
  if (!verify(null, input, key.publicKey, decodeBase64url(signature64))) fail('MSG_SIGNATURE')
  const payload = parseStrictJson(decodeBase64url(payload64))
  const cmd = member(payload, 'cmd')
  if (member(payload, 'iss') !== name || MAY[name] !== cmd) fail('PEER_FORBIDDEN', '/cmd')
  const iat = numericDate(member(payload, 'iat'), '/iat')
  const until = iat + LIMITS.submitByMaxMs
  if (iat > receivedAt + LIMITS.iatFutureMs) return fail('MSG_FUTURE', '/iat')
  if (receivedAt > until) return fail('MSG_LATE', '/iat')
  const jti = parseMessageId(member(payload, 'jti'), '/jti')
  return { command: commandOf(payload, cmd), jti, until, digest: sha256Of(input) }
}

function commandOf(payload: unknown, cmd: unknown): Command {
  const handoff = parseHandoffId(member(payload, 'handoff'), '/handoff')
  if (cmd === 'released') return { cmd, handoff }
  const scope = member(payload, 'scope')
  if (cmd !== 'erase' || (scope !== 'message' && scope !== 'case')) return fail('MSG_CLAIM', '/scope')
  return { cmd, handoff, scope }
}
