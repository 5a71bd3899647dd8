import { asFailure } from '#core/failure.ts'
import { LIMITS } from '#core/limits.ts'
import type { CourierPorts } from './ports.ts'
import { pushEndpoints, pushLoop } from './push.ts'
import { releaseLoop } from './release.ts'
import { writePartnerTopics } from './topic-delivery.ts'

interface Worker {
  readonly stop: AbortController
  readonly done: Promise<void>
}

/** Nothing to release, and yet control is read: who is pushed to, and whether this courier is ready, must not hang on traffic. */
async function readControl(ports: CourierPorts, signal: AbortSignal): Promise<void> {
  try {
    await ports.control.refresh()
  } catch (error) {
    if (!signal.aborted) ports.report(asFailure(error), 'control')
  }
}

/** Keeps one push loop for each address in the current epoch: a change of address ends the loop and starts another. */
async function superviseLoops(ports: CourierPorts, signal: AbortSignal): Promise<void> {
  const workers = new Map<string, Worker>()
  while (!signal.aborted) {
    await readControl(ports, signal)
    const wanted = new Map(
      pushEndpoints(ports.control.current().epoch).map((endpoint) => [
        `${endpoint.urn} ${endpoint.delivery.url}`,
        endpoint,
      ]),
    )
    for (const [key, worker] of workers) {
      if (wanted.has(key)) continue
      worker.stop.abort()
      workers.delete(key)
    }
    for (const [key, endpoint] of wanted) {
      if (workers.has(key)) continue
      const stop = new AbortController()
      const done = pushLoop(ports, endpoint, AbortSignal.any([signal, stop.signal])).catch(
        (error: unknown) => {
          ports.report(asFailure(error), endpoint.urn)
          workers.delete(key)
        },
      )
      workers.set(key, { stop, done })
    }
    await ports.clock.sleep(LIMITS.controlRefreshMs, signal)
  }
  await Promise.all([...workers.values()].map((worker) => worker.done))
}

/** The courier until the signal aborts: releases through the log, pushes to partners who asked for it, writes to topics of those who have them. */
export async function run(ports: CourierPorts, signal: AbortSignal): Promise<void> {
  const { topics } = ports
  const writing = topics ? writePartnerTopics({ ...ports, topics }, signal) : undefined
  await Promise.all([releaseLoop(ports, signal), superviseLoops(ports, signal), writing])
}
