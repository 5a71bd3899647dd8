/** Desks of the exchange: an auditor reads decisions and proves them, an operator sees that it runs. */
export const CONSOLE_ROLES = ['auditor', 'operator'] as const
export type ConsoleRole = (typeof CONSOLE_ROLES)[number]

/** Nobody signs in for it: it tells nothing of any hand-off. */
const OPEN = '/about'
const OPERATOR = /^\/(?:operator|fragment\/operator)$/
const BOTH = /^\/(?:ledger|matrix)$/

/** Who may see this path; null = everybody. Whatever is not named here is the auditor's. */
export function rolesFor(path: string): readonly ConsoleRole[] | null {
  if (path === OPEN) return null
  if (OPERATOR.test(path)) return ['operator']
  return BOTH.test(path) ? CONSOLE_ROLES : ['auditor']
}
