import { html } from '#web/html.ts'
import { listen, openSite } from '#web/site.ts'
import { approvalRoutes } from './approval-routes.ts'
import { keepLooking } from './collector.ts'
import { composeRoutes } from './compose-routes.ts'
import { DeskContext } from './desk-context.ts'
import { deskRoutes } from './desk-routes.ts'
import type { DeskPorts } from './ports.ts'
import { TEXTS } from './texts.ts'

export const DESK_ROLES = ['desk', 'approver'] as const

/** Requests to approve are for approvers alone, everything else for the desk. */
export const rolesFor = (path: string): readonly string[] =>
  /^\/approvals(?:\/|$)/.test(path) ? ['approver'] : ['desk']

/** A partner's desk on loopback: listens on return, looks for news until the signal aborts or it is closed. */
export async function startDesk(ports: DeskPorts): Promise<{ readonly url: string; close(): Promise<void> }> {
  const closing = new AbortController()
  const signal = AbortSignal.any([ports.signal, closing.signal])
  const site = openSite({
    texts: TEXTS,
    menu: [
      { path: '/in', label: ({ menu }) => menu.in },
      { path: '/out', label: ({ menu }) => menu.out },
      { path: '/waiting', label: ({ menu }) => menu.waiting },
      { path: '/compose', label: ({ menu }) => menu.compose },
      { path: '/approvals', label: ({ menu }) => menu.approvals },
    ],
    rolesFor,
    door: ports.door,
    footer: ({ texts }) => html`<p>${texts.footer.keys}</p><p>${texts.footer.dagger}</p>`,
    report: ports.report,
  })
  const context = new DeskContext(ports, site)
  deskRoutes(context)
  composeRoutes(context)
  approvalRoutes(context)
  const { url, close } = await listen(site, ports.host, ports.port)
  const looking = keepLooking(context.collector, { ...ports, signal })
  return {
    url,
    async close() {
      closing.abort()
      await close()
      await looking
    },
  }
}
