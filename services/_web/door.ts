import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { type Account, isRightPassphrase } from './accounts.ts'
import { PageRefusal } from './page-refusal.ts'
import { cookieOf, Sessions, sessionCookie } from './sessions.ts'

/** Somebody who is signed in. */
export interface SignedIn {
  readonly actor: string
  readonly name: string
  readonly roles: readonly string[]
}

export interface DoorPorts {
  /** Read at each sign-in: an account taken away is gone at once, its sessions with the next restart or after their time. */
  accounts(): Promise<readonly Account[]>
  /** Name of the cookie: one for each application, since cookies know no ports. */
  readonly cookie: string
  now(): number
}

/** Limits of signing in. */
export const DOOR_LIMITS = { tries: 10, windowMs: 5 * 60_000, actors: 1_000 } as const

/**
 * Signing in, with account and passphrase or with a start code. A start code belongs to one process and one role: it is told to
 * whoever started it, on the terminal and nowhere else, and ends with the process. Wrong tries are counted per account, and over
 * all, so that nobody guesses; the person whose account is tried waits as well.
 */
export class Door {
  readonly #ports: DoorPorts
  readonly #sessions: Sessions<SignedIn>
  readonly #codes = new Map<string, SignedIn>()
  readonly #wrong = new Map<string, number[]>()

  constructor(ports: DoorPorts) {
    this.#ports = ports
    this.#sessions = new Sessions(ports.now)
  }

  /** A start code for this person: 256 bits. */
  startCode(user: SignedIn): string {
    const code = randomBytes(32).toString('base64url')
    this.#codes.set(digestOf(code), user)
    return code
  }

  /** Cookie of a new session, or `PageRefusal` 401 or 429. */
  async enter(actor: string, passphrase: string): Promise<string> {
    this.#mayTry(actor)
    const account = (await this.#ports.accounts()).find((one) => one.actor === actor)
    if (!(await isRightPassphrase(account, passphrase)) || !account) {
      this.#wrongly(actor)
      throw new PageRefusal(401)
    }
    this.#wrong.delete(actor)
    const { name, roles } = account
    return this.#open({ actor, name, roles })
  }

  /** The same with a start code. */
  enterByCode(code: string): string {
    this.#mayTry('')
    const digest = Buffer.from(digestOf(code))
    for (const [known, user] of this.#codes) {
      if (timingSafeEqual(digest, Buffer.from(known))) return this.#open(user)
    }
    this.#wrongly('')
    throw new PageRefusal(401)
  }

  /** Who sent this request; undefined = nobody that is signed in. */
  user(cookies: string | undefined): SignedIn | undefined {
    return this.#sessions.user(cookieOf(cookies, this.#ports.cookie))
  }

  /** Ends the session; the cookie that takes the cookie away. */
  leave(cookies: string | undefined): string {
    this.#sessions.close(cookieOf(cookies, this.#ports.cookie))
    return sessionCookie(this.#ports.cookie, undefined, false)
  }

  #open(user: SignedIn): string {
    return sessionCookie(this.#ports.cookie, this.#sessions.open(user), false)
  }

  #mayTry(actor: string): void {
    const since = this.#ports.now() - DOOR_LIMITS.windowMs
    const recent = (this.#wrong.get(actor) ?? []).filter((at) => at > since)
    if (recent.length >= DOOR_LIMITS.tries) throw new PageRefusal(429)
  }

  #wrongly(actor: string): void {
    const now = this.#ports.now()
    const recent = (this.#wrong.get(actor) ?? []).filter((at) => at > now - DOOR_LIMITS.windowMs)
    if (this.#wrong.size >= DOOR_LIMITS.actors) this.#wrong.clear()
    this.#wrong.set(actor, [...recent, now])
  }
}

const digestOf = (text: string): string => createHash('sha256').update(text).digest('base64url')
