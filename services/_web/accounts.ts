import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'

/** One person who may sign in. `secret`: `scrypt$N$r$p$salt$hash`, base64url. */
export interface Account {
  readonly actor: string
  readonly name: string
  readonly roles: readonly string[]
  readonly secret: string
}

/** RFC 7914; N=2^15, r=8, p=3 is OWASP's choice for interactive sign-in (32 MiB). */
const COST = { N: 2 ** 15, r: 8, p: 3 } as const
const MEMORY_MAX = 96 * 1024 * 1024
const HASH_BYTES = 32
const ACTOR = /^[a-z0-9][a-z0-9-]{0,63}$/
const SECRET = /^scrypt\$(\d{1,8})\$(\d{1,2})\$(\d{1,2})\$([A-Za-z0-9_-]{22})\$([A-Za-z0-9_-]{43})$/
const ACCOUNTS_MAX = 1_000

interface Cost {
  readonly N: number
  readonly r: number
  readonly p: number
}

const derive = (passphrase: string, salt: Buffer, cost: Cost): Promise<Buffer> =>
  new Promise((resolve, reject) =>
    scrypt(passphrase.normalize('NFKC'), salt, HASH_BYTES, { ...cost, maxmem: MEMORY_MAX }, (error, key) =>
      error ? reject(error) : resolve(key),
    ),
  )

/** A new secret for this passphrase. */
export async function makeSecret(passphrase: string): Promise<string> {
  const salt = randomBytes(16)
  const hash = await derive(passphrase, salt, COST)
  return ['scrypt', COST.N, COST.r, COST.p, salt.toString('base64url'), hash.toString('base64url')].join('$')
}

/** Six groups of random letters and digits without look-alikes: 119 bits, to be told once. */
export function makePassphrase(): string {
  const letters = 'abcdefghjkmnpqrstuvwxyz23456789'
  const pick = () => {
    for (;;) {
      const [byte = 255] = randomBytes(1)
      if (byte < letters.length * 8) return letters[byte % letters.length] ?? ''
    }
  }
  return Array.from({ length: 6 }, () => Array.from({ length: 4 }, pick).join('')).join('-')
}

/** Costs the same whether the account exists or not. */
export async function isRightPassphrase(account: Account | undefined, passphrase: string): Promise<boolean> {
  const match = SECRET.exec(account?.secret ?? '')
  const salt = Buffer.from(match?.[4] ?? '', 'base64url')
  const cost = match ? { N: Number(match[1]), r: Number(match[2]), p: Number(match[3]) } : COST
  const hash = await derive(passphrase.slice(0, 1_000), match ? salt : Buffer.alloc(16), cost)
  return match !== null && timingSafeEqual(hash, Buffer.from(match[5] ?? '', 'base64url'))
}

/** Reads the accounts file; undefined when it is not one. `roles`: those that this application knows. */
export function parseAccounts(text: string, roles: readonly string[]): readonly Account[] | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (!Array.isArray(value) || value.length > ACCOUNTS_MAX) return undefined
  const accounts = value.map((item: unknown) => asAccount(item, roles))
  const known = accounts.filter((account) => account !== undefined)
  const actors = new Set(known.map(({ actor }) => actor))
  return known.length === accounts.length && actors.size === known.length ? known : undefined
}

function asAccount(value: unknown, known: readonly string[]): Account | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { actor, name, roles, secret, ...rest } = value as Record<string, unknown>
  if (Object.keys(rest).length > 0) return undefined
  if (typeof actor !== 'string' || !isActor(actor)) return undefined
  if (typeof name !== 'string' || name === '' || name.length > 200) return undefined
  if (typeof secret !== 'string' || !SECRET.test(secret)) return undefined
  if (!Array.isArray(roles) || roles.length === 0) return undefined
  const own = roles.filter((role): role is string => typeof role === 'string' && known.includes(role))
  return own.length === roles.length ? { actor, name, roles: own, secret } : undefined
}

/** Lower case letters, digits and dashes: what a person is called in messages and records. */
export const isActor = (text: string): boolean => ACTOR.test(text)
