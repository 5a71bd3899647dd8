import { createHash, randomBytes } from 'node:crypto'

/** Limits of all sessions of one application. */
export const SESSION_LIMITS = { most: 1_000, idleMs: 30 * 60_000, longestMs: 8 * 3_600_000 } as const

interface Entry<User> {
  readonly user: User
  readonly since: number
  seen: number
}

/**
 * Who is signed in, in memory only: a restart signs everybody out. The cookie holds 256 random bits, the table only their
 * SHA-256. A session ends after half an hour without use, and after eight hours whatever happens.
 */
export class Sessions<User> {
  readonly #entries = new Map<string, Entry<User>>()
  readonly #now: () => number

  constructor(now: () => number) {
    this.#now = now
  }

  /** Opens a session; answers the value of its cookie. The one unused longest goes when there are too many. */
  open(user: User): string {
    const token = randomBytes(32).toString('base64url')
    if (this.#entries.size >= SESSION_LIMITS.most) {
      const oldest = [...this.#entries].reduce((a, b) => (a[1].seen <= b[1].seen ? a : b))
      this.#entries.delete(oldest[0])
    }
    const now = this.#now()
    this.#entries.set(keyOf(token), { user, since: now, seen: now })
    return token
  }

  user(token: string | undefined): User | undefined {
    if (token === undefined || token.length !== 43) return undefined
    const key = keyOf(token)
    const entry = this.#entries.get(key)
    if (!entry) return undefined
    const now = this.#now()
    if (now - entry.seen > SESSION_LIMITS.idleMs || now - entry.since > SESSION_LIMITS.longestMs) {
      this.#entries.delete(key)
      return undefined
    }
    entry.seen = now
    return entry.user
  }

  close(token: string | undefined): void {
    if (token !== undefined) this.#entries.delete(keyOf(token))
  }
}

const keyOf = (token: string): string => createHash('sha256').update(token).digest('base64url')

/** `Set-Cookie` of a session; without a token it takes the cookie away. */
export function sessionCookie(name: string, token: string | undefined, secure: boolean): string {
  const age = token === undefined ? 0 : SESSION_LIMITS.longestMs / 1_000
  return `${name}=${token ?? ''}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${age}${secure ? '; Secure' : ''}`
}

/** The cookie of that name in a `Cookie` header. */
export function cookieOf(header: string | undefined, name: string): string | undefined {
  for (const part of (header ?? '').split(';')) {
    const [key, value] = part.trim().split('=')
    if (key === name && value) return value
  }
  return undefined
}
