import { certificatePage } from './certificate-page.ts'
import { counterPages } from './counter-pages.ts'
import { justidPages } from './justid-pages.ts'
import type { PageParts } from './page.ts'
import { vogPages } from './vog-pages.ts'

/** Who may open a path; null: everybody. What is not named here is nobody's. */
export function rolesFor(path: string): readonly string[] | null {
  if (path === '/' || path === '/certificate' || path.startsWith('/assets/')) return null
  const [, first = ''] = path.split('/')
  return ROLES_OF[first] ?? RECORDS_ROLES
}

/** `counter`: the counter of Justis; `assessor`: who decides there; `authority`: staff of Justid. */
export const RECORDS_ROLES = ['counter', 'assessor', 'authority'] as const

const ROLES_OF: Readonly<Record<string, readonly string[]>> = {
  counter: ['counter'],
  vog: ['assessor'],
  justid: ['authority'],
}

/** All pages of the application. */
export function recordsPages(parts: PageParts): void {
  const { site } = parts
  site.server.get('/', async (request, reply) => {
    const roles = site.user(request)?.roles ?? []
    const home = [
      ['counter', '/counter'],
      ['assessor', '/vog'],
      ['authority', '/justid'],
    ].find(([role]) => roles.includes(role ?? ''))
    return reply.redirect(site.link(request, home?.[1] ?? '/certificate'), 303)
  })
  certificatePage(parts)
  counterPages(parts)
  vogPages(parts)
  justidPages(parts)
}
