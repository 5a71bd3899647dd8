import { resolve } from 'node:path'
import { Failure } from '#core/failure.ts'
import { applyChange, type PreparedChange, prepareChange, waitInForce } from '../apply-to-control.ts'
import { collectArtefacts, controlPath } from '../collect-artefacts.ts'
import type { Call, CliCommand, ExitCode } from '../command.ts'
import { openStore, type Store } from '../open-store.ts'

const NOTE_MAX = 200

function changes(change: PreparedChange): readonly string[] {
  return [
    ...[...change.put.keys()].map((path) => `  + ${path}`),
    ...change.remove.map((path) => `  - ${path}`),
  ]
}

/** An epoch that cannot be is an answer: no. */
async function prepare(store: Store, call: Call): Promise<PreparedChange | undefined> {
  const removed = call.option('remove')
  const put = await collectArtefacts(call.positionals, resolve(call.option('root') ?? '.'))
  const remove = removed === undefined ? [] : removed.split(',').map(controlPath)
  if (put.size + remove.length === 0)
    throw new Failure('OPS_USAGE', undefined, 'no artefact among these paths')
  try {
    return await prepareChange(store, { put, remove, note: (call.option('note') ?? '').slice(0, NOTE_MAX) })
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'OPS_CONTROL') throw error
    const { code, pointer, message } = error
    call.out.answer({ applied: false, code, pointer: pointer ?? null, detail: message }, [
      `not applied: ${message}${pointer === undefined ? '' : ` (${pointer})`}`,
    ])
    return undefined
  }
}

async function run(call: Call): Promise<ExitCode> {
  const store = await openStore(call.data)
  try {
    const change = await prepare(store, call)
    if (!change) return 1
    const { epoch } = change
    if (change.put.size + change.remove.length === 0) {
      call.out.answer({ applied: false, epoch: epoch - 1 }, [`epoch ${epoch - 1} holds all of this already`])
      return 0
    }
    if (call.flag('dry-run')) {
      call.out.answer({ applied: false, epoch }, [`epoch ${epoch} would hold:`, ...changes(change)])
      return 0
    }
    await applyChange(store, change)
    if (call.flag('no-wait')) {
      call.out.answer({ applied: true, epoch, inForce: false }, [
        `epoch ${epoch}: in the log`,
        ...changes(change),
      ])
      return 0
    }
    call.out.progress(`epoch ${epoch}: in the log; waiting until every partition has answered`)
    const inForce = await waitInForce(store, epoch, call.signal)
    const state = inForce ? 'in force' : 'not in force yet; is schakel up running?'
    call.out.answer({ applied: true, epoch, inForce }, [`epoch ${epoch}: ${state}`, ...changes(change)])
    return inForce ? 0 : 2
  } finally {
    await store.close()
  }
}

export const controlApply: CliCommand = {
  name: 'control apply',
  usage: 'control apply [<path> | <path in control>=<file>]…',
  summary:
    'Puts contracts, schemas, keys or certificates into control as a new epoch, and waits until it is in force',
  options: {
    note: { type: 'string', value: 'text', text: 'why, for the log' },
    remove: { type: 'string', value: 'path,…', text: 'paths to take out of control' },
    root: { type: 'string', value: 'dir', text: 'folder that paths are relative to (default: here)' },
    'dry-run': { type: 'boolean', text: 'check everything, write nothing' },
    'no-wait': { type: 'boolean', text: 'do not wait until it is in force' },
  },
  positionals: [0, 1000],
  run,
}
