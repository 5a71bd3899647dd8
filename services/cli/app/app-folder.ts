import { join } from 'node:path'
import { fail } from '#core/failure.ts'
import type { Call } from '../command.ts'
import type { Application } from './application.ts'
import { applicationNames, applications } from './applications.ts'

const REF = /^[a-z0-9-]+\/[a-z0-9-]+$/

export interface AppPlace {
  readonly application: Application
  /** Endpoint it is started for: `partner/endpoint`. */
  readonly as: string
  /** Also of its cookie and its sign-in file. */
  readonly name: string
  readonly folder: string
}

/** Where an application of this call has its data: `<data>/apps/<name>`, one for each endpoint where it serves any. `OPS_USAGE`. */
export function appPlace(call: Call, wanted: string): AppPlace {
  const application =
    applications.find(({ name }) => name === wanted) ?? fail('OPS_USAGE', '/name', applicationNames)
  const as = call.option('as') ?? application.endpoints[0] ?? ''
  if (!REF.test(as)) fail('OPS_USAGE', '/as', '--as partner/endpoint')
  const name =
    application.endpoints.length === 0 ? `${application.name}-${as.replace('/', '-')}` : application.name
  return { application, as, name, folder: join(call.data, 'apps', name) }
}
