import { Worker } from 'node:worker_threads'
import { describe, expect, it } from 'vitest'
import type { Compared, Share } from '../support/compare-engines.ts'

/** All of them in CI; on a desk fewer. */
const COUNT = Number(process.env['QUESTIONS'] ?? (process.env['CI'] === 'true' ? 100_000 : 5_000))
const SEED = Number(process.env['SEED'] ?? 20_261_124)
const WORKERS = 2

function compared(share: Share): Promise<Compared> {
  return new Promise((resolve, reject) => {
    const script = new URL('../support/compare-worker.ts', import.meta.url)
    const worker = new Worker(script, {
      workerData: share,
      execArgv: ['--disable-warning=ExperimentalWarning'],
    })
    worker.once('message', resolve)
    worker.once('error', reject)
    worker.once('exit', (code) => reject(new Error(`the worker ended (${code})`)))
  })
}

describe('compiled verdicts', () => {
  it(`are those of cedar-wasm on ${COUNT} questions (seed ${SEED})`, { timeout: 1_800_000 }, async () => {
    const started = performance.now()
    const shares = Array.from({ length: WORKERS }, (_, n) => {
      return compared({ seed: SEED + n, count: Math.ceil(COUNT / WORKERS) })
    })
    const results = await Promise.all(shares)
    const seen: Record<string, number> = {}
    for (const result of results)
      for (const [kind, count] of Object.entries(result.seen)) seen[kind] = (seen[kind] ?? 0) + count
    const seconds = Math.round((performance.now() - started) / 1000)
    process.stderr.write(
      `compiled = cedar-wasm: ${COUNT} questions, seed ${SEED}, ${seconds} s: ${JSON.stringify(seen)}\n`,
    )
    expect(results.flatMap(({ differences }) => differences)).toEqual([])
    // Each kind is there often enough to mean something, and every policy matched at least once.
    const least = { deny: 0.3, permit: 0.03, 'permit-redacted': 0.03, hold: 0.03, RULE_ERROR: 0.01 }
    for (const [kind, share] of Object.entries(least))
      expect([kind, (seen[kind] ?? 0) >= COUNT * share]).toEqual([kind, true])
    const matched = new Set(results.flatMap((result) => result.matched))
    if (COUNT >= 10_000) expect(results[0]?.policies.filter((id) => !matched.has(id))).toEqual([])
  })
})
