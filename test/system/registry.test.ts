import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { openConfluentRegistry } from '#adapters/schema-registry/confluent.ts'
import { asFailure } from '#core/failure.ts'
import { PUBLISHED } from '#schemas/generated/published.ts'
import { registryDatabase } from '../../infra/postgres/registry-database.ts'
import { registerSchemas } from '../../infra/registry/register.ts'
import { runRegistry } from '../../infra/registry/run-registry.ts'
import { testPostgres } from '../support/postgres.ts'
import { testRegistry } from '../support/registry.ts'

const postgres = await testPostgres(true)
const storage = postgres && (await registryDatabase(postgres.owner, 'a-password-of-a-registry'))
const registry = storage && (await testRegistry(true, storage))
afterAll(async () => {
  await registry?.stop()
  await postgres?.stop()
})

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'none',
    (error: unknown) => asFailure(error).code,
  )

if (registry?.server) {
  const { url, server } = registry

  describe('the registry is killed', () => {
    it('what is open works on, a start waits or gives up, and what was registered is there afterwards', async () => {
      const ids = await registerSchemas({ url })
      const opened = await openConfluentRegistry({ url })
      await server.kill()
      for (const { name, sha256 } of PUBLISHED) {
        expect((await opened.byName(name)).sha256).toBe(sha256)
        expect((await opened.byId(ids.get(name) ?? 0)).sha256).toBe(sha256)
      }
      expect(await codeOf(openConfluentRegistry({ url, patienceMs: 500 }))).toBe('OPS_REGISTRY')
      const waiting = openConfluentRegistry({ url, patienceMs: 100_000 })
      await server.restart()
      const again = await waiting
      for (const { name } of PUBLISHED) expect((await again.byName(name)).id).toBe(ids.get(name))
      expect(await registerSchemas({ url })).toEqual(ids)
    }, 180_000)

    it('a folder of an earlier run is taken up again, on the same port', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'schakel-registry-again-'))
      try {
        const first = await runRegistry({ folder })
        await first.stop()
        expect(first.pid()).toBe(0)
        const second = await runRegistry({ folder })
        expect(second.url).toBe(first.url)
        await second.stop()
      } finally {
        await rm(folder, { recursive: true, force: true })
      }
    }, 180_000)
  })
} else {
  it('NOT RUN: no registry and PostgreSQL that may be killed', () => {
    expect(process.env['CI']).not.toBe('true')
  })
}
