import { join } from 'node:path'
import { openSite } from '#web/site.ts'
import { ConsoleContext } from './console-context.ts'
import { footer, MENU } from './layout.ts'
import { operatorRoutes } from './operator-routes.ts'
import { pageRoutes } from './page-routes.ts'
import type { ConsolePorts } from './ports.ts'
import { replayRoutes } from './replay-routes.ts'
import { rolesFor } from './roles.ts'
import { streamRoute } from './stream-route.ts'
import { TEXTS, type Texts } from './texts.ts'

const SCRIPTS = ['live.js', 'follow.js'].map((name) => join(import.meta.dirname, 'assets', name))

/** The console's HTTP side: pages for auditors and operators on this machine. `closing` ends streams. */
export function buildSite(ports: ConsolePorts, closing: AbortSignal) {
  const site = openSite<Texts>({
    texts: TEXTS,
    menu: MENU,
    rolesFor,
    door: ports.door,
    footer: (locale) => footer(locale, context.knownEpoch()),
    scripts: SCRIPTS,
    report: ports.report,
  })
  const context = new ConsoleContext(ports, site, closing)
  for (const routes of [pageRoutes, operatorRoutes, replayRoutes, streamRoute]) routes(site.server, context)
  return site
}
