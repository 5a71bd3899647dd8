import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { loadAssets } from '#web/page-assets.ts'
import { pageServer } from '#web/page-server.ts'
import { ConsoleContext } from './console-context.ts'
import { errorPage } from './error-page.ts'
import { operatorRoutes } from './operator-routes.ts'
import { pageRoutes } from './page-routes.ts'
import type { ConsolePorts } from './ports.ts'
import { replayRoutes } from './replay-routes.ts'
import { requireRole } from './require-role.ts'
import { signInRoutes } from './sign-in-routes.ts'
import { streamRoute } from './stream-route.ts'

const SCRIPTS = ['live.js', 'follow.js'].map((name) => join(import.meta.dirname, 'assets', name))

/** The console's HTTP side: pages for auditors and operators on this machine. `closing` ends streams. */
export function buildServer(ports: ConsolePorts, closing: AbortSignal): FastifyInstance {
  const context = new ConsoleContext(ports, loadAssets(SCRIPTS), closing)
  const server = pageServer({
    assets: context.assets,
    refused: (request, reply, refusal) =>
      context.page(request, reply, errorPage(refusal, request.id, context.locale(request))),
    report: ports.report,
  })
  requireRole(server, ports.door)
  signInRoutes(server, context)
  pageRoutes(server, context)
  operatorRoutes(server, context)
  replayRoutes(server, context)
  streamRoute(server, context)
  return server
}
