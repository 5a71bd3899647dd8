import { readFile } from 'node:fs/promises'
import { request } from 'node:https'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fail } from '#core/failure.ts'

const STEP_MS = 100
const ANSWER_MS = 2_000

function ask(url: string, ca: string): Promise<number> {
  return new Promise((resolve) => {
    const asked = request(`${url}/readyz`, { ca, timeout: ANSWER_MS }, (answer) => {
      answer.resume()
      resolve(answer.statusCode ?? 0)
    })
    asked.on('timeout', () => asked.destroy())
    asked.on('error', () => resolve(0))
    asked.end()
  })
}

/** Until every gateway answers that it is ready; `OPS_UNREACHABLE` after `ms`. */
export async function waitReady(gateways: readonly string[], pki: string, ms: number): Promise<void> {
  const ca = await readFile(join(pki, 'ca.pem'), 'utf8')
  const until = performance.now() + ms
  for (const url of gateways) {
    while ((await ask(url, ca)) !== 200) {
      if (performance.now() > until) fail('OPS_UNREACHABLE', undefined, `${url} is not ready: see logs/`)
      await delay(STEP_MS)
    }
  }
}
