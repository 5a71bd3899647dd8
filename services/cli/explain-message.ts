import { generateKeyPairSync } from 'node:crypto'
import { decide } from '#core/decision/decide.ts'
import { deriveQuestion } from '#core/decision/derive-facts.ts'
import type { Certificate, Endpoint, Epoch, MessageType } from '#core/decision/epoch.ts'
import { NO_APPROVALS } from '#core/decision/judge-approvals.ts'
import type { Verdict } from '#core/decision/verdict.ts'
import { fail } from '#core/failure.ts'
import type { EndpointUrn } from '#core/ids.ts'
import { checkData } from '#core/message/check-data.ts'
import type { Verified } from '#core/message/content.ts'
import { sha256Of } from '#core/message/disclosure.ts'
import { evidenceKids } from '#core/message/evidence-kids.ts'
import { issueMessage } from '#core/message/issue-message.ts'
import { reopenArchived } from '#core/message/open.ts'
import { verifyContent } from '#core/message/verify.ts'
import { verifySignature } from '#core/message/verify-signature.ts'
import { uuidV4 } from '#core/uuid-v4.ts'
import { buildContent, type Publication } from '#sdk/build-content.ts'
import type { Store } from './open-store.ts'

const HOUR_MS = 3_600_000

export interface Explained {
  readonly to: EndpointUrn
  readonly verdict: Verdict
}

type ExplainStore = Pick<Store, 'keys' | 'clock' | 'random'>

/**
 * The epoch with a certificate of our own for this sender, in memory and for this question only: what is asked goes through
 * the same doors as a message, and nobody needs the partner's key to ask.
 */
function askingAs(sender: Endpoint, epoch: Epoch, now: number) {
  const partner = epoch.partners.get(sender.oin) ?? fail('PEER_UNKNOWN', '/as')
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const jwk = publicKey.export({ format: 'jwk' }) as Readonly<Record<string, unknown>>
  const thumbprint = sha256Of(publicKey.export({ format: 'der', type: 'spki' }))
  const certificate: Certificate = {
    thumbprint,
    kid: thumbprint,
    oin: sender.oin,
    use: 'sign',
    publicKey,
    jwk,
    notBefore: now - HOUR_MS,
    notAfter: now + HOUR_MS,
    serial: '0',
  }
  const asked: Epoch = {
    ...epoch,
    certificates: new Map([...epoch.certificates, [thumbprint, certificate]]),
    partners: new Map([...epoch.partners, [sender.oin, { ...partner, algorithms: ['Ed25519'] }]]),
  }
  return { asked, signer: { key: privateKey, alg: 'Ed25519', thumbprint } }
}

async function verifiedAs(
  store: ExplainStore,
  epoch: Epoch,
  sender: Endpoint,
  type: MessageType,
  publication: Publication,
): Promise<{ readonly verified: Verified; readonly asked: Epoch; readonly now: number }> {
  const now = store.clock.now()
  const { asked, signer } = askingAs(sender, epoch, now)
  const from = { iss: sender.urn, exchange: epoch.exchange, id: uuidV4(store.random.bytes(16)), now }
  const { visible, ...content } = buildContent(publication, type, from)
  const label =
    epoch.labelKeys.find((key) => key.from <= now && now < key.until) ??
    fail('OPS_KEY', undefined, 'no label key')
  const sdJwt = issueMessage({ visible, ...content, type, cnf: label.jwk, signer }, store.random)
  const reception = { epoch: asked, receivedAt: now, submitter: null }
  const signed = verifySignature(reopenArchived(sdJwt), reception)
  const sealKeys = new Map<string, Uint8Array>()
  for (const kid of evidenceKids(signed)) {
    const row = await store.keys.get(`s:${kid}`)
    if (row) sealKeys.set(kid, row.bytes)
  }
  return {
    verified: verifyContent(signed, { ...reception, attributes: null, sealKeys, checkData }),
    asked,
    now,
  }
}

/**
 * What the exchange would answer to this message now, for each recipient, changing nothing. Throws `MSG_…` where it would be
 * refused before the law is asked.
 */
export async function explainMessage(
  store: ExplainStore,
  epoch: Epoch,
  from: EndpointUrn,
  typeName: string,
  publication: Publication,
): Promise<{ readonly type: MessageType; readonly verdicts: readonly Explained[] }> {
  const sender = epoch.endpoints.get(from) ?? fail('PEER_UNKNOWN', '/as')
  const type = [...epoch.types.values()].find(({ name, vct }) => name === typeName || vct === typeName)
  if (!type) return fail('MSG_SCHEMA', '/type')
  const { verified, asked, now } = await verifiedAs(store, epoch, sender, type, publication)
  const verdicts = verified.terms.map(({ terms }, index) => ({
    to: terms.to,
    verdict: decide(deriveQuestion(verified, index, asked, now, NO_APPROVALS), asked),
  }))
  return { type, verdicts }
}
