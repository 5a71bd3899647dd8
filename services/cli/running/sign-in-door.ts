import { Door } from '#web/door.ts'
import { readAccounts } from '../accounts-file.ts'
import type { SignInLinks } from './sign-in-file.ts'

export interface DoorPlace {
  /** Of the cookie: cookies know no ports, so each site has its own. */
  readonly name: string
  /** Where `accounts.json` is. */
  readonly folder: string
  readonly roles: readonly string[]
}

/** Accounts are read at each sign-in; a file that is none lets nobody in. */
export function openDoor({ name, folder, roles }: DoorPlace, now: () => number): Door {
  return new Door({ cookie: `schakel-${name}`, now, accounts: () => readAccounts(folder, roles) })
}

/** A link for each role that signs one in, as long as this process runs. */
export function startLinks(door: Door, roles: readonly string[], url: string): SignInLinks {
  const links = roles.map((role) => {
    const code = door.startCode({ actor: `start-${role}`, name: role, roles: [role] })
    return [role, `${url}/sign-in?code=${code}`] as const
  })
  return Object.fromEntries(links)
}
