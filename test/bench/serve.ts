/** A Schakel in a child process (`served.ts`), as the bench talks to it. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { FromServed } from './served.ts'

export type ServedState = Extract<FromServed, { kind: 'state' }>

export interface Served {
  readonly gateway: string
  state(): Promise<ServedState>
  stop(): Promise<void>
}

const CHILD = fileURLToPath(new URL('./served.ts', import.meta.url))
const FLAGS = ['--disable-warning=ExperimentalWarning', '--max-old-space-size=4096']

/** Starts `services` on `data`; resolves when they listen. Rejects when the child ends before that. */
export async function serve(data: string, services: readonly string[]): Promise<Served> {
  const child = fork(CHILD, [data, services.join(',')], { execArgv: FLAGS, stdio: ['ignore', 2, 2, 'ipc'] })
  const ready = await answer(child)
  if (ready.kind !== 'ready') throw new Error('the child spoke out of turn')
  return {
    gateway: ready.gateway ?? '',
    async state() {
      child.send('state')
      const state = await answer(child)
      if (state.kind !== 'state') throw new Error('the child spoke out of turn')
      return state
    },
    async stop() {
      const ended = once(child, 'exit')
      if (child.connected) child.disconnect()
      await ended
    },
  }
}

function answer(child: ChildProcess): Promise<FromServed> {
  return new Promise((resolve, reject) => {
    const ended = () => reject(new Error('the served process ended'))
    child.once('exit', ended)
    child.once('message', (message) => {
      child.removeListener('exit', ended)
      resolve(message as FromServed)
    })
  })
}
