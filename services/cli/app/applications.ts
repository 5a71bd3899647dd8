import { join } from 'node:path'
import { asFailure } from '#core/failure.ts'
import { uuidV4 } from '#core/uuid-v4.ts'
import type { Application, AppParts } from './application.ts'

/** A failure by its code; anything else is a fault of the application, told as such. */
const reportTo =
  ({ report }: AppParts) =>
  (error: unknown, about: string): void =>
    report(asFailure(error), about)

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
        connection.close()
        store.close()
      }
      return { url: desk.url, close }
    },
  },
  {
    name: 'tips',
    summary: 'the intake of a hotline: a form that asks no identity, and the desk behind it',
    endpoints: ['ecpat/meldpunt'],
    roles: ['staff'],
    async start(parts) {
      const { startTips } = await import('#services/tips/start-tips.ts')
      return startTips({ ...parts, report: reportTo(parts) })
    },
  },
  {
    name: 'records',
    summary: 'desks of Justis (certificates of conduct) and Justid (ECRIS)',
    endpoints: ['justis/loket', 'justis/vog', 'justid/ecris', 'justid/jd'],
    roles: ['counter', 'assessor', 'authority'],
    async start(parts) {
      const { startRecords } = await import('#services/records/start-records.ts')
      const { recordsData } = await import('./records-data.ts')
      const random = (bytes: number) => parts.random.bytes(bytes)
      return startRecords({ ...parts, ...(await recordsData()), random, report: reportTo(parts) })
    },
  },
]

export const applicationNames = applications.map(({ name, summary }) => `${name}: ${summary}`).join('; ')
