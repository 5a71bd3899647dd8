// node infra/launch.mjs infra/compose/main.ts [NAME]: keys, passwords and configuration for compose.yaml, once, into infra/compose/state
// and .env. NAME: the host name by which partners reach the brokers (default: localhost).
import { randomBytes } from 'node:crypto'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeState } from './make-state.ts'

const HERE = import.meta.dirname
const made = await makeState(join(HERE, 'state'), process.argv[2])
const env = join(HERE, '.env')
if (!existsSync(env)) {
  // Containers run as whoever owns the folder; a cluster id is 16 bytes in base64url.
  const lines = [
    `SCHAKEL_UID=${process.getuid?.() ?? 1000}`,
    `SCHAKEL_GID=${process.getgid?.() ?? 1000}`,
    `SCHAKEL_CLUSTER_ID=${randomBytes(16).toString('base64url')}`,
  ]
  writeFileSync(env, `${lines.join('\n')}\n`, { mode: 0o600 })
}
console.error(made ? 'made infra/compose/state and .env' : 'infra/compose/state is there already')
