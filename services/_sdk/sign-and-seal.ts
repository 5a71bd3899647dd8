import type { MessageType } from '#core/decision/epoch.ts'
import { fail } from '#core/failure.ts'
import { LIMITS } from '#core/limits.ts'
import { algorithmOf } from '#core/message/algorithms.ts'
import { outerAttributes } from '#core/message/cloudevents.ts'
import { issueMessage } from '#core/message/issue-message.ts'
import { sealMessage } from '#core/message/seal-message.ts'
import type { Random } from '#core/ports/random.ts'
import type { Content } from './build-content.ts'
import type { Directory } from './directory.ts'
import type { Outgoing } from './outbox.ts'
import type { Identity } from './read-identity.ts'

/**
 * Signs the content as this partner and seals it to the exchange: from here on nobody on the way, nor this disk, can read
 * it. Throws `MSG_SIZE` when it is too large to be taken.
 */
export async function signAndSeal(
  content: Content,
  type: MessageType,
  ports: { readonly directory: Directory; readonly identity: Identity; readonly random: Random },
): Promise<Outgoing> {
  const { directory, identity, random } = ports
  const label = await directory.current('label')
  const intake = await directory.current('intake')
  const { certificate, privateKey } = identity.sign
  const signer = { key: privateKey, alg: algorithmOf(privateKey), thumbprint: certificate.thumbprint }
  const sdJwt = issueMessage({ ...content, type, cnf: label.jwk, signer }, random)
  const jwe = sealMessage(sdJwt, intake, random)
  const hasRows = type.fields.some((field) => field.perItem)
  if (jwe.length > (hasRows ? LIMITS.jwePerItemBytesMax : LIMITS.jweBytesMax)) fail('MSG_SIZE', '/')
  const { visible, toExchange } = content
  return { id: visible.jti, attributes: { ...outerAttributes(visible, toExchange.subject) }, jwe }
}
