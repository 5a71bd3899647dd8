import type { Connection } from '#sdk/connect.ts'
import type { Outcome } from '#sdk/send-once.ts'

/** One endpoint, as the desks use it: the SDK's connection. */
export type Link = Pick<Connection, 'urn' | 'publish' | 'status' | 'stream' | 'acknowledge' | 'duties'>

/** What became of one hand-off of ours. */
export type Sent = Outcome

export const wentOut = ({ verdict }: Sent): boolean => verdict === 'permit' || verdict === 'permit-redacted'
