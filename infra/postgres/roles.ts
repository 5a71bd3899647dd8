import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto'
import type { PostgresTarget } from '#adapters/postgres/open-pool.ts'
import { fail } from '#core/failure.ts'
import { asOwner } from './migrate.ts'

const ITERATIONS = 4096
const KEY = 32
const SALT = 16
const ROLE = /^schakel_[a-z]{1,30}$/

/** What PostgreSQL stores of a password (RFC 5803): made here, so that no statement and no log holds the password. */
export function scramVerifier(password: string, salt = randomBytes(SALT)): string {
  const salted = pbkdf2Sync(password, salt, ITERATIONS, KEY, 'sha256')
  const mac = (text: string) => createHmac('sha256', salted).update(text).digest()
  const stored = createHash('sha256').update(mac('Client Key')).digest('base64')
  return `SCRAM-SHA-256$${ITERATIONS}:${salt.toString('base64')}$${stored}:${mac('Server Key').toString('base64')}`
}

/** Gives the roles that the migrations made their passwords (printable ASCII). Throws `OPS_KEY_STORE`. */
export async function setRolePasswords(
  owner: PostgresTarget,
  passwords: ReadonlyMap<string, string>,
): Promise<void> {
  await asOwner(owner, async (client) => {
    for (const [role, password] of passwords) {
      if (!ROLE.test(role) || !/^[\x21-\x7e]{16,200}$/.test(password)) fail('OPS_CONFIG', '/keys/passwords')
      await client.query(`ALTER ROLE ${role} PASSWORD '${scramVerifier(password)}'`)
    }
  })
}
