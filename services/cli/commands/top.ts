import { setTimeout as delay } from 'node:timers/promises'
import type { Call, CliCommand, ExitCode } from '../command.ts'
import { type Store, withStore } from '../open-store.ts'
import { drawTop } from '../top/draw-top.ts'
import { findServices } from '../top/find-services.ts'
import { openTop } from '../top/top-state.ts'

const EVERY_MS = 1_000
const OTHER_SCREEN = '\x1b[?1049h\x1b[?25l'
const OWN_SCREEN = '\x1b[?25h\x1b[?1049l'
const HOME = '\x1b[H'
const REST_OF_LINE = '\x1b[K'
const REST_OF_SCREEN = '\x1b[J'

const colorful = (): boolean => process.stdout.isTTY === true && !process.env['NO_COLOR']

/** Aborts on q, Ctrl-C (raw mode brings no signal) or the call's own signal. */
function untilQuit(signal: AbortSignal): { readonly signal: AbortSignal; end(): void } {
  const quit = new AbortController()
  const onKey = (bytes: Buffer) => {
    if (['q', 'Q', '\x03'].includes(bytes.toString('latin1'))) quit.abort()
  }
  process.stdin.setRawMode(true).resume().on('data', onKey)
  const end = () => void process.stdin.off('data', onKey).setRawMode(false).pause()
  return { signal: AbortSignal.any([signal, quit.signal]), end }
}

async function live(call: Call, store: Store): Promise<ExitCode> {
  const top = openTop(store)
  const keys = untilQuit(call.signal)
  process.stdout.write(OTHER_SCREEN)
  try {
    while (!keys.signal.aborted) {
      const state = await top.look(await findServices(call.data))
      const rows = (process.stdout.rows || 24) - 1
      const lines = drawTop(state, { color: colorful(), rows }).slice(0, rows)
      process.stdout.write(HOME + [...lines, ''].join(`${REST_OF_LINE}\n`) + REST_OF_SCREEN)
      await delay(EVERY_MS, undefined, { signal: keys.signal }).catch(() => {})
    }
    return 0
  } finally {
    process.stdout.write(OWN_SCREEN)
    keys.end()
  }
}

export const topCommand: CliCommand = {
  name: 'top',
  usage: 'top [--once]',
  summary: 'A live view: services, lag, verdicts a minute, holds and deadlines, epochs, ledger; q quits',
  options: { once: { type: 'boolean', text: 'one picture, and end; also where there is no terminal' } },
  positionals: [0, 0],
  run: (call) =>
    withStore<ExitCode>(call.data, {}, async (store) => {
      const terminal = process.stdout.isTTY === true && process.stdin.isTTY === true
      if (terminal && !call.json && !call.flag('once')) return live(call, store)
      const state = await openTop(store).look(await findServices(call.data))
      call.out.answer(state, drawTop(state, { color: colorful() }))
      return 0
    }),
}
