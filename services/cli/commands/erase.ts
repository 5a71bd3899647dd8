import { fail } from '#core/failure.ts'
import { signCommand } from '#core/handoff/sign-command.ts'
import { handoffPlace, parseHandoffId } from '#core/ids.ts'
import { uuidV4 } from '#core/uuid-v4.ts'
import type { CliCommand, ExitCode } from '../command.ts'
import { withStore } from '../open-store.ts'
import { serviceSigner } from '../service-signer.ts'
import { waitUntil } from '../wait-until.ts'

export const erase: CliCommand = {
  name: 'erase',
  usage: 'erase <hand-off> [--case]',
  summary: 'Destroys the keys of a message (or its whole case) through the log, and waits until it is done',
  options: { case: { type: 'boolean', text: 'everything of the case, not this message alone' } },
  positionals: [1, 1],
  run: (call) =>
    withStore<ExitCode>(call.data, {}, async (store) => {
      const handoff = parseHandoffId(call.positionals[0], '/hand-off')
      const before = store.view.handoff(handoff)
      if (!before) return fail('OPS_NOT_FOUND', '/hand-off')
      const scope = call.flag('case') ? 'case' : 'message'
      const signer = await serviceSigner(store.keys, 'operator')
      const id = uuidV4(store.random.bytes(16))
      const command = signCommand({ cmd: 'erase', handoff, scope }, signer, id, store.clock.now())
      await store.log.put(handoffPlace(handoff).partition, store.codecs.inbound.encode(command))
      call.out.progress('erase: in the log; waiting for the exchange')
      const done = await waitUntil(
        store,
        () => {
          // Erased before by itself, and now its whole case: the old answer is not this one's.
          const now = store.view.handoff(handoff)
          return now?.content === 'erased' && now.changedSeq > before.changedSeq
        },
        call.signal,
      )
      call.out.answer({ handoff, scope, erased: done }, [
        done
          ? `${handoff}: content erased (${scope})`
          : `${handoff}: not answered yet; is schakel up running?`,
      ])
      return done ? 0 : 2
    }),
}
