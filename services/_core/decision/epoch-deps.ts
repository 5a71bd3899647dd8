import { parseMessageType } from '#core/message/parse-message-type.ts'
import { readCertificates } from '#core/message/read-certificates.ts'
import type { Certificate, MessageType } from './epoch.ts'

/** Readers of other rooms that an epoch is made with; they throw for what is outside their profile. */
export interface EpochDeps {
  readonly parseMessageType: (text: string) => MessageType
  readonly readCertificates: (
    caPem: string,
    crlPem: string | null,
    pems: ReadonlyMap<string, string>,
  ) => {
    readonly certificates: ReadonlyMap<string, Certificate>
    readonly revoked: ReadonlySet<string>
    readonly crlUntil: number | null
  }
}

export const defaultEpochDeps: EpochDeps = { parseMessageType, readCertificates }
