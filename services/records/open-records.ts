import { join } from 'node:path'
import type { Connection } from '#sdk/connect.ts'
import { followInbox, type InboxReader } from '#sdk/follow-inbox.ts'
import type { Handoff } from '#sdk/open-handoff.ts'
import type { Clock } from '#sdk/system-ports.ts'
import { Authority } from './authority.ts'
import type { AuthorityKinds, RegisterKinds } from './authority-kinds.ts'
import { Counter, type CounterKinds } from './counter.ts'
import type { DeskKinds } from './desk.ts'
import { Drawer } from './drawer.ts'
import { PURGE_EVERY_MS } from './limits.ts'
import type { Identity, JudicialRecord } from './person.ts'
import { Register } from './register.ts'
import { finishDestructions } from './vog-acts.ts'
import { arriveAtVog, purgeVog, type VogContext, vogContext } from './vog-desk.ts'
import type { VogKinds } from './vog-file.ts'

export interface RecordsPorts {
  /** Connects `partner/endpoint`; `carries`: addresses of bodies whose hand-offs arrive there. A body speaks through its carrier. */
  readonly connect: (ref: string, options?: { readonly carries?: readonly string[] }) => Promise<Connection>
  readonly urnOf: (ref: string) => string
  /** Bodies abroad that Justid speaks for: `ms-de/register`. */
  readonly bodies: readonly string[]
  /** Member states in ECRIS, the Netherlands among them. */
  readonly members: ReadonlySet<string>
  /** The Dutch judicial documentation itself. */
  readonly judgments: (identity: Identity) => Promise<readonly JudicialRecord[]>
  /** Own folder, 0700; null: nothing outlives the process (tests). */
  readonly folder: string | null
  readonly clock: Clock
  readonly random: (bytes: number) => Uint8Array
  /** Names no person: a code, and a hand-off or an address. */
  readonly report: (error: unknown, about: string) => void
}

export interface Records {
  readonly counter: Counter
  readonly vog: VogContext
  readonly authority: Authority
  readonly register: Register
  close(): Promise<void>
}

/** Four desks of two organisations, each with its own connection and its own drawer: none reads in another's. */
export async function openRecords(ports: RecordsPorts): Promise<Records> {
  const { connect, urnOf, bodies, clock } = ports
  const now = () => clock.now()
  const connections: Connection[] = []
  const open = async (...args: Parameters<RecordsPorts['connect']>): Promise<Connection> => {
    const connection = await connect(...args)
    connections.push(connection)
    return connection
  }
  const drawers: { close(): void }[] = []
  const drawer = <Kinds extends DeskKinds>(name: string): Drawer<Kinds> => {
    const made = new Drawer<Kinds>(ports.folder === null ? ':memory:' : join(ports.folder, `${name}.db`))
    drawers.push(made)
    return made
  }
  const byUrn = new Map(bodies.map((ref) => [urnOf(ref), ref]))
  const bodyLink = opened((urn) => open(byUrn.get(urn) ?? urn))
  const [loket, assessor, ecris, jd] = await Promise.all([
    open('justis/loket'),
    open('justis/vog'),
    open('justid/ecris', { carries: [...byUrn.keys()] }),
    open('justid/jd'),
  ])
  const drawn = {
    counter: drawer<CounterKinds>('counter'),
    vog: drawer<VogKinds>('vog'),
    authority: drawer<AuthorityKinds>('authority'),
    register: drawer<RegisterKinds>('register'),
  }
  const counter = new Counter({ link: loket, drawer: drawn.counter, urnOf, now, random: ports.random })
  const vog = vogContext({ link: assessor, drawer: drawn.vog, urnOf, now, members: ports.members })
  const authority = new Authority({ link: ecris, drawer: drawn.authority, urnOf, now, bodyLink })
  const register = new Register({ link: jd, drawer: drawn.register, urnOf, now, judgments: ports.judgments })

  const stopping = new AbortController()
  const reader = inboxOf(ports)
  const working = [
    followInbox(
      reader(loket, drawn.counter, (one) => counter.arrive(one)),
      stopping.signal,
    ),
    followInbox(
      reader(assessor, drawn.vog, (one) => arriveAtVog(vog, one)),
      stopping.signal,
    ),
    followInbox(
      reader(ecris, drawn.authority, (one) => authority.arrive(one)),
      stopping.signal,
    ),
    followInbox(
      reader(jd, drawn.register, (one) => register.arrive(one)),
      stopping.signal,
    ),
    keepTidy(ports, stopping.signal, [
      () => counter.purge(),
      () => purgeVog(vog),
      () => authority.purge(),
      () => register.purge(),
      () => finishDestructions(vog),
    ]),
  ]
  return {
    counter,
    vog,
    authority,
    register,
    async close() {
      stopping.abort()
      await Promise.allSettled(working)
      for (const connection of connections) connection.close()
      for (const one of drawers) one.close()
    },
  }
}

/** Each opened once, when it is first needed; one that could not be is tried again the next time. */
function opened(open: (urn: string) => Promise<Connection>): (urn: string) => Promise<Connection> {
  const links = new Map<string, Promise<Connection>>()
  return (urn) => {
    const link = links.get(urn) ?? open(urn)
    links.set(urn, link)
    link.catch(() => links.delete(urn))
    return link
  }
}

/** What must go goes, now and then until the signal aborts; one that fails is reported, the others go on. */
async function keepTidy(
  { clock, report }: Pick<RecordsPorts, 'clock' | 'report'>,
  signal: AbortSignal,
  tasks: readonly (() => unknown)[],
): Promise<void> {
  while (!signal.aborted) {
    for (const task of tasks)
      await Promise.resolve()
        .then(task)
        .catch((error: unknown) => report(error, 'purge'))
    await clock.sleep(PURGE_EVERY_MS, signal)
  }
}

/** A desk takes in whatever the exchange let through to it; what it has no work for it notes itself. */
const inboxOf =
  ({ clock, report }: Pick<RecordsPorts, 'clock' | 'report'>) =>
  (
    link: Connection,
    own: Drawer<DeskKinds>,
    arrive: (handoff: Handoff) => void | Promise<void>,
  ): InboxReader => ({
    link,
    cursor: () => own.get('cursor', link.urn)?.after,
    moveTo: (after) => own.put('cursor', link.urn, '', { after }),
    arrive: async (handoff) => {
      await arrive(handoff)
      return true
    },
    clock,
    report: (error, about) => report(error, about === 'inbox' ? link.urn : about),
  })
