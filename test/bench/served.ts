/**
 * The embedded Schakel of one data directory in a process of its own: `served.ts <data> <service,…>`. Says where its gateway is, and
 * answers every message with its memory and how far it is.
 */
import { join } from 'node:path'
import { openStore } from '#services/cli/open-store.ts'
import { type ServiceName, startServices } from '#services/cli/running/start-services.ts'

export type FromServed =
  | { readonly kind: 'ready'; readonly gateway: string | null }
  | { readonly kind: 'state'; readonly handoffs: number; readonly unreleased: number; readonly rss: number }

const [data = '', names = ''] = process.argv.slice(2)
const store = await openStore(data, join(data, 'bench-view.db'))
const running = await startServices(store, {
  names: new Set(names.split(',') as ServiceName[]),
  gatewayPort: 0,
  consolePort: 0,
  report: (service, text) => process.stderr.write(`${service}: ${text}\n`),
})

const tell = (message: FromServed) => process.send?.(message)

process.on('message', () => {
  const handoffs = Object.values(store.view.counts()).reduce((sum, count) => sum + count, 0)
  const unreleased = store.view.unreleased(1).length
  tell({ kind: 'state', handoffs, unreleased, rss: process.memoryUsage.rss() })
})

process.on('disconnect', () => {
  void running
    .stop()
    .then(() => store.close())
    .finally(() => process.exit(0))
})

tell({ kind: 'ready', gateway: running.gateway ?? null })
