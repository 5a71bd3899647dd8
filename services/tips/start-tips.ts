import { join } from 'node:path'
import { followInbox } from '#sdk/follow-inbox.ts'
import type { Handoff } from '#sdk/open-handoff.ts'
import type { Clock } from '#sdk/system-ports.ts'
import type { Door } from '#web/door.ts'
import { html } from '#web/html.ts'
import { listen, openSite, type SiteOptions } from '#web/site.ts'
import { reporterRoutes } from './reporter-routes.ts'
import { ReporterSide } from './reporter-side.ts'
import { staffRoutes } from './staff-routes.ts'
import { type Link, StaffSide } from './staff-side.ts'
import type { TipsTexts } from './texts.ts'
import { EN } from './texts-en.ts'
import { NL } from './texts-nl.ts'
import { TipStore } from './tip-store.ts'

const OWN = 'ecpat/meldpunt'
const POLICE = 'tbkk/zaken'
const STAFF = 'staff'
/** Everything else is for the staff: a path that is written in another way opens nothing. */
const OPEN = new Set(['/', '/return', '/answer'])
const DAY_MS = 86_400_000
/** How long a tip is kept; what the real agreement says goes into `keepMs`. */
const KEEP_MS = 365 * DAY_MS
const TIDY_MS = 60_000

export interface TipsPorts {
  /** Connects `partner/endpoint`. */
  readonly connect: (ref: string) => Promise<Link>
  readonly urnOf: (ref: string) => string
  /** Own folder, 0700; null: nothing outlives the process. */
  readonly folder: string | null
  readonly door: Door
  readonly host: string
  readonly port: number
  readonly clock: Clock
  /** Term of the agreement, ms since a tip was received. */
  readonly keepMs?: number
  /** Told of what fails: never of a person, a code or a text. */
  readonly report: (error: unknown, about: string) => void
}

/** Connects, opens the store, listens. Throws, with nothing left open, when the exchange does not answer or the port is taken. */
export async function startTips(ports: TipsPorts): Promise<{ readonly url: string; close(): Promise<void> }> {
  const { clock, report, door } = ports
  const now = () => clock.now()
  const link = await ports.connect(OWN)
  const store = new TipStore(ports.folder === null ? ':memory:' : join(ports.folder, 'tips.db'))
  const staff = new StaffSide({ store, link, police: ports.urnOf(POLICE), now })
  const site = openSite(siteOptions(door, report))
  reporterRoutes(site, new ReporterSide(store, now, ports.keepMs ?? KEEP_MS), now)
  staffRoutes(site, staff, store)
  const served = await listen(site, ports.host, ports.port).catch((error: unknown) => {
    link.close()
    store.close()
    throw error
  })
  const stopping = new AbortController()
  const { signal } = stopping
  const inbox = {
    link,
    cursor: () => store.cursor(),
    moveTo: (cursor: string) => store.moveTo(cursor),
    arrive: (handoff: Handoff) => staff.arrive(handoff),
    clock,
    report,
  }
  const working = [followInbox(inbox, signal), tidy()]

  async function tidy(): Promise<void> {
    while (!signal.aborted) {
      try {
        store.purge(now())
        await staff.refresh()
      } catch (error) {
        report(error, 'tidy')
      }
      await clock.sleep(TIDY_MS, signal)
    }
  }
  return {
    url: served.url,
    async close() {
      stopping.abort()
      await served.close()
      link.close()
      await Promise.allSettled(working)
      store.close()
    },
  }
}

const siteOptions = (door: Door, report: TipsPorts['report']): SiteOptions<TipsTexts> => ({
  texts: { nl: NL, en: EN },
  menu: [
    { path: '/', label: ({ menu }) => menu.tell },
    { path: '/return', label: ({ menu }) => menu.comeBack },
    { path: '/staff', label: ({ menu }) => menu.tips },
  ],
  rolesFor: (path) => (OPEN.has(path) ? null : [STAFF]),
  door,
  footer: ({ texts }) => html`<p>${texts.footer}</p>`,
  scripts: [join(import.meta.dirname, 'assets', 'leave.js')],
  report: (failure, id) => report(failure, id),
})
