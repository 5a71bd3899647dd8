import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Door, SignedIn } from '#web/door.ts'
import { PageRefusal } from '#web/page-refusal.ts'

/** Desks of the exchange: an auditor reads decisions and proves them, an operator sees that it runs. */
export const CONSOLE_ROLES = ['auditor', 'operator'] as const
export type ConsoleRole = (typeof CONSOLE_ROLES)[number]

/** Pages that nobody signs in for: they tell nothing of any hand-off. */
const OPEN = /^\/(?:assets\/|about$|sign-in$|sign-out$)/
const OPERATOR = /^\/(?:operator|fragment\/operator)$/
const BOTH = /^\/(?:ledger|matrix)$/

const ROLES = Symbol('console roles')

type WithUser = FastifyRequest & { [ROLES]?: SignedIn }

/** Who may see this path; null = everybody. Whatever is not named here is the auditor's. */
export function rolesFor(path: string): readonly ConsoleRole[] | null {
  if (OPEN.test(path)) return null
  if (OPERATOR.test(path)) return ['operator']
  return BOTH.test(path) ? CONSOLE_ROLES : ['auditor']
}

export const userOf = (request: FastifyRequest): SignedIn | undefined => (request as WithUser)[ROLES]

const pathOf = (request: FastifyRequest): string => request.url.split('?')[0] ?? '/'

/** Before any page: nobody, or somebody of another role, gets nothing; who is not signed in is shown the way. */
export function requireRole(server: FastifyInstance, door: Door): void {
  server.addHook('onRequest', async (request, reply) => {
    const user = door.user(request.headers.cookie)
    if (user) (request as WithUser)[ROLES] = user
    const wanted = rolesFor(pathOf(request))
    if (wanted === null || wanted.some((role) => user?.roles.includes(role))) return
    if (user && request.url === '/') return reply.redirect('/operator', 303)
    if (user) throw new PageRefusal(403)
    if (request.method !== 'GET' || request.headers.accept?.includes('text/html') !== true)
      throw new PageRefusal(401)
    return reply.redirect('/sign-in', 303)
  })
}
