import { randomUUID } from 'node:crypto'
import { messageIdOf, sendOnce } from '#sdk/send-once.ts'
import type { Drawer } from './drawer.ts'
import type { Link, Sent } from './link.ts'
import type { Outgoing } from './vog-messages.ts'

export interface DeskKinds {
  /** Where it stands in its inbox. */
  cursor: { readonly after: string }
  /** Key of message ids. */
  key: { readonly key: string }
}

/** What every desk works with. */
export interface DeskPorts<Kinds extends DeskKinds> {
  readonly link: Link
  readonly drawer: Drawer<Kinds>
  /** Address of `partner/endpoint`; throws when there is none. */
  readonly urnOf: (ref: string) => string
  readonly now: () => number
}

/** Sends once what `what` names within this desk, through its own connection or that of a body it speaks for. */
export type SendAs = (what: string, out: Outgoing, link?: Link) => Promise<Sent>

export function sendAs(ports: { readonly link: Link; readonly drawer: Drawer<DeskKinds> }): SendAs {
  const { drawer, link: own } = ports
  const known = drawer.get('key', 'ids')?.key
  const key = known ?? `${randomUUID()}${randomUUID()}`
  if (known === undefined) drawer.put('key', 'ids', '', { key })
  return (what, { type, publication }, link = own) =>
    sendOnce(link, type, { ...publication, id: messageIdOf(Buffer.from(key), `${type} ${what}`) })
}

/** The desk cannot do this now: another has done it, or it is not the time. */
export class NotNow extends Error {}
