import type { TLSSocket } from 'node:tls'
import type { Certificate, Partner } from '#core/decision/epoch.ts'
import { Failure, fail } from '#core/failure.ts'
import type { Oin } from '#core/ids.ts'
import { LIMITS } from '#core/limits.ts'
import type { GatewayPorts } from './ports.ts'

/** Who is at the other end, and for whom it may act: itself and the foreign partners it carries (`via`). */
export interface Identity {
  readonly partner: Partner
  readonly oins: ReadonlySet<Oin>
}

interface Trust {
  readonly ca: string
  readonly serials: ReadonlySet<string>
  readonly nextUpdate: number
}

type IdentityPorts = Pick<GatewayPorts, 'control' | 'certificates' | 'clock'>

/** OpenSSL's verdict on the chain (`X509_V_ERR_…`), as a failure. */
function refuseUnauthorized(socket: TLSSocket): never {
  const cause = String(socket.authorizationError ?? '')
  if (cause.includes('CERT_HAS_EXPIRED') || cause.includes('CERT_NOT_YET_VALID')) fail('PEER_KEY_EXPIRED')
  return fail('PEER_CERTIFICATE')
}

/**
 * Reads the identity of a connection anew for each request: chain, key usage, validity by our clock, CRL and partner list
 * as of the current epoch. Throws `PEER_…`; a missing or stale CRL is ours to mend (`OPS_CONTROL`) and lets nobody in.
 */
export class Identities {
  readonly #ports: IdentityPorts
  readonly #certificates = new WeakMap<TLSSocket, { ca: string; certificate: Certificate }>()
  #trust: Promise<Trust> | undefined
  #trustEpoch = -1

  constructor(ports: IdentityPorts) {
    this.#ports = ports
  }

  async identify(socket: TLSSocket): Promise<Identity> {
    const peer = socket.getPeerX509Certificate?.()
    if (!peer) fail('PEER_CERTIFICATE')
    if (!socket.authorized) refuseUnauthorized(socket)
    const { epoch, readAt } = this.#ports.control.current()
    const now = this.#ports.clock.now()
    if (now - readAt > LIMITS.controlAgeMs) fail('OPS_CONTROL', undefined, 'control was not read in time')
    const trust = await this.#trustOf(epoch.number)
    const certificate = this.#certificateOf(socket, peer.raw, trust.ca)
    if (now >= trust.nextUpdate) fail('OPS_CONTROL', undefined, 'CRL is stale')
    if (now < certificate.notBefore || now >= certificate.notAfter) fail('PEER_KEY_EXPIRED')
    if (trust.serials.has(certificate.serial) || epoch.revoked.has(certificate.thumbprint))
      fail('PEER_KEY_REVOKED')
    const partner = epoch.partners.get(certificate.oin)
    if (!partner) fail('PEER_UNKNOWN')
    if (partner.suspended) fail('PEER_SUSPENDED')
    const carried = [...epoch.partners.values()].filter(
      (other) => other.via === partner.id && !other.suspended,
    )
    return { partner, oins: new Set([partner.oin, ...carried.map((other) => other.oin)]) }
  }

  #certificateOf(socket: TLSSocket, der: Uint8Array, ca: string): Certificate {
    const known = this.#certificates.get(socket)
    if (known && known.ca === ca) return known.certificate
    const certificate = this.#ports.certificates.client(der, ca)
    this.#certificates.set(socket, { ca, certificate })
    return certificate
  }

  #trustOf(epoch: number): Promise<Trust> {
    if (this.#trust === undefined || this.#trustEpoch !== epoch) {
      const loading = this.#load()
      this.#trust = loading
      this.#trustEpoch = epoch
      loading.catch(() => {
        if (this.#trust === loading) this.#trust = undefined
      })
    }
    return this.#trust
  }

  async #load(): Promise<Trust> {
    const ca = await this.#text('pki/ca.pem')
    const pem = await this.#text('pki/crl.pem')
    try {
      const { serials, nextUpdate } = this.#ports.certificates.crl(pem, ca)
      return { ca, serials, nextUpdate }
    } catch (cause) {
      // A list that is not of our anchor is no fault of whoever connects.
      const failure = new Failure('OPS_CONTROL', undefined, 'CRL does not verify')
      failure.cause = cause
      throw failure
    }
  }

  async #text(path: string): Promise<string> {
    const bytes = await this.#ports.control.artefact(path)
    if (!bytes) return fail('OPS_CONTROL', undefined, path)
    return Buffer.from(bytes).toString('utf8')
  }
}
