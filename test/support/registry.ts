/** A registry for tests: the address given, else a container, else Apicurio from Maven; else the reason is printed. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { GenericContainer, getContainerRuntimeClient, Wait } from 'testcontainers'
import type { PostgresTarget } from '#adapters/postgres/open-pool.ts'
import { asFailure } from '#core/failure.ts'
import { type RunningRegistry, runRegistry } from '../../infra/registry/run-registry.ts'

export interface TestRegistry {
  readonly url: string
  /** Set when it is ours: then it can be killed. */
  readonly server: RunningRegistry | undefined
  stop(): Promise<void>
}

const IMAGE = 'apicurio/apicurio-registry:3.0.9'
const PORT = 8080

async function container(): Promise<TestRegistry | undefined> {
  const engine = await getContainerRuntimeClient().then(
    () => true,
    () => false,
  )
  if (!engine) return undefined
  const started = await new GenericContainer(IMAGE)
    .withExposedPorts(PORT)
    .withWaitStrategy(Wait.forHttp('/apis/ccompat/v7/subjects', PORT))
    .start()
  return {
    url: `http://127.0.0.1:${started.getMappedPort(PORT)}/apis/ccompat/v7`,
    server: undefined,
    stop: async () => {
      await started.stop()
    },
  }
}

/** Undefined when there is none: `NOT RUN` with the reason is printed, and under `CI=true` it throws. `own`: one that may be killed. */
export async function testRegistry(own = false, storage?: PostgresTarget): Promise<TestRegistry | undefined> {
  const address = process.env['SCHAKEL_REGISTRY']
  if (address && !own) return { url: address, server: undefined, stop: async () => {} }
  const inside = own ? undefined : await container()
  if (inside) return inside
  const folder = await mkdtemp(join(tmpdir(), 'schakel-registry-'))
  try {
    const server = await runRegistry({ folder, ...(storage ? { storage } : {}) })
    const stop = async () => {
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    }
    return { url: server.url, server, stop }
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    const reason = `no registry: ${asFailure(error).message}`
    if (process.env['CI'] === 'true') throw new Error(reason)
    process.stderr.write(`NOT RUN: ${reason}\n`)
    return undefined
  }
}
