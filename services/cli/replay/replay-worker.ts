/** One worker of `replayInWorkers`: opens the data directory for itself, and replays the partitions it is given, one after the other. */
import { parentPort, workerData } from 'node:worker_threads'
import { cedarEngine } from '#adapters/policy-engine/cedar.ts'
import { asFailure } from '#core/failure.ts'
import { openStore } from '../open-store.ts'
import { replay } from '../replay.ts'
import { proposedRules } from './proposed-rules.ts'
import type { ToWorker, WorkerAnswer, WorkerJob } from './replay-in-workers.ts'

const port = parentPort
if (!port) throw new Error('not a worker')
const say = (answer: WorkerAnswer) => port.postMessage(answer)
const { data, engine, filter, rules } = workerData as WorkerJob

const opened = openStore(data, ':memory:', {
  identity: 'operator',
  ...(engine === 'cedar' ? { engine: cedarEngine() } : {}),
})
const proposal = opened.then((store) => (rules ? proposedRules(store, new Map(rules)) : undefined))

async function one(partition: number): Promise<void> {
  try {
    const [store, proposed] = await Promise.all([opened, proposal])
    const progress = (total: number) => say({ kind: 'progress', partition, total })
    const report = await replay(store, { ...filter, partition, proposed, progress })
    say({ kind: 'done', partition, report })
  } catch (error) {
    const { code, pointer, message } = asFailure(error)
    say({ kind: 'failed', partition, code, pointer, message })
  }
}

port.on('message', (message: ToWorker) => {
  switch (message.kind) {
    case 'partition':
      void one(message.partition)
      return
    case 'end':
      void opened.then((store) => store.close()).finally(() => port.close())
  }
})
// An opening that failed is told with the first partition.
proposal.catch(() => undefined)
