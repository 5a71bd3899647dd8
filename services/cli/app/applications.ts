import { join } from 'node:path'
import { uuidV4 } from '#core/uuid-v4.ts'
import type { Application } from './application.ts'

/** What `schakel app` knows, by name; each is read when it is started. */
export const applications: readonly Application[] = [
  {
    name: 'desk',
    summary: 'a partner’s desk and its approver, for one endpoint (--as)',
    endpoints: [],
    roles: ['desk', 'approver'],
    async start(parts) {
      const { startDesk } = await import('#services/desk/start-desk.ts')
      const { openDeskStore } = await import('#services/desk/sqlite-store.ts')
      const connection = await parts.connect(parts.as)
      const store = openDeskStore(join(parts.folder, 'desk.db'))
      const newId = () => uuidV4(parts.random.bytes(16))
      const desk = await startDesk({ ...parts, connection, store, newId })
      const close = async () => {
        await desk.close()
        store.close()
      }
      return { url: desk.url, close }
    },
  },
]
