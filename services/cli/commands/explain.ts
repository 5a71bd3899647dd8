import { readFile } from 'node:fs/promises'
import { Failure, fail } from '#core/failure.ts'
import type { Call, CliCommand, ExitCode } from '../command.ts'
import { describeVerdict } from '../describe-handoff.ts'
import { explainMessage } from '../explain-message.ts'
import { openStore, type Store } from '../open-store.ts'
import { partyName } from '../party-names.ts'
import { urnOfParty } from '../read-party.ts'
import { readPublication } from '../read-publication.ts'

async function explained(call: Call, store: Store): Promise<ExitCode> {
  const { epoch } = store.control.current()
  const asked = call.option('as') ?? fail('OPS_USAGE', '/as', '--as partner/endpoint')
  const sender = [...epoch.endpoints.values()].find(({ urn }) => partyName(urn, epoch) === asked)
  const { type: name, publication } = readPublication(
    await readFile(call.positionals[0] ?? '', 'utf8'),
    urnOfParty,
  )
  if (!sender) return fail('PEER_UNKNOWN', '/as')
  const { type, verdicts } = await explainMessage(store, epoch, sender.urn, name, publication)
  const lines = verdicts.flatMap(({ to, verdict }) => [
    `${type.name}  ${asked} → ${partyName(to, epoch)}`,
    ...describeVerdict(verdict, type.name, epoch, call.lang),
  ])
  call.out.answer({ epoch: epoch.number, type: type.name, from: sender.urn, verdicts }, lines)
  return verdicts.every(({ verdict }) => verdict.kind.startsWith('permit')) ? 0 : 1
}

export const explain: CliCommand = {
  name: 'explain',
  usage: 'explain <file.json> --as <partner/endpoint>',
  summary: 'What the exchange would answer to a message, before it is sent; changes nothing',
  options: { as: { type: 'string', value: 'partner/endpoint', text: 'who would send it, e.g. tbkk/zaken' } },
  positionals: [1, 1],
  run: async (call) => {
    const store = await openStore(call.data)
    try {
      return await explained(call, store)
    } catch (error) {
      // Refused before the law is asked: an answer too, and it is no.
      if (!(error instanceof Failure) || error.family !== 'MSG') throw error
      const { code, pointer, message } = error
      const where = pointer === undefined ? '' : ` (${pointer})`
      call.out.answer({ refused: code, pointer: pointer ?? null }, [`refused: ${message}${where}`])
      return 1
    } finally {
      await store.close()
    }
  },
}
