import { resolve } from 'node:path'
import { systemClock } from '#adapters/clock/system.ts'
import { systemPkiPorts } from '#adapters/pki/system-pki-ports.ts'
import { systemRandom } from '#adapters/random/system.ts'
import { fail } from '#core/failure.ts'
import { parseOin } from '#core/ids.ts'
import type { Call, CliCommand, ExitCode } from '../command.ts'
import { writePartner } from '../partner/write-partner.ts'
import { withFoundedStore } from '../with-founded-store.ts'

const ID = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/
const NAME_MAX = 64

/** `Example NGO (synthetic)` → `example-ngo-synthetic`. */
function idOf(name: string): string {
  const plain = name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
  return plain.replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '')
}

/** OINs in control of the data directory, if it is one. */
const taken = (data: string): Promise<readonly string[] | undefined> =>
  withFoundedStore(data, async ({ control }) => [...control.current().epoch.partners.keys()])

async function run(call: Call): Promise<ExitCode> {
  const name = (call.positionals[0] ?? '').trim()
  if (name === '' || name.length > NAME_MAX) return fail('OPS_USAGE', '/name', '1 to 64 characters')
  const id = call.option('id') ?? idOf(name)
  if (!ID.test(id)) return fail('OPS_USAGE', '/id', 'a partner is named like om-lp')
  const oin = call.option('oin')
  const country = call.option('country') ?? 'NL'
  if (!/^[A-Z]{2}$/.test(country)) return fail('OPS_USAGE', '/country')
  const folder = resolve(call.option('out') ?? id)
  const { partner, agreement, files } = await writePartner(
    systemPkiPorts(systemClock, systemRandom),
    folder,
    {
      id,
      name,
      kind: call.option('kind') ?? fail('OPS_USAGE', '/kind', '--kind ngo, say'),
      country,
      oin: oin === undefined ? undefined : parseOin(oin, '/oin'),
      with: call.option('with'),
      taken: (await taken(call.data)) ?? [],
    },
  )
  const types = agreement.lists.map(({ type, from, to }) => `  ${type}: ${from.join('+')} -> ${to.join('+')}`)
  const only =
    types.length === 1 ? ['  all else is by statute, or by an authorisation of its controller'] : []
  const next = `schakel partner admit ${call.option('out') ?? id}`
  call.out.answer({ partner: id, oin: partner.oin, folder, agreement: agreement.id, files, next }, [
    `${name} (${partner.oin}): ${files.length} files in ${folder}`,
    'keys are in identity/*.key.pem and stay there; *.request.pem is what a certificate authority signs',
    `draft of an agreement, contracts/agreement/${agreement.id}.json, lists:`,
    ...types,
    ...only,
    'read it, and write in it what it cites; consent to pass on what you say is yours to add (originatorConsent)',
    `next, by the operator: ${next}`,
  ])
  return 0
}

export const partnerNew: CliCommand = {
  name: 'partner new',
  usage: 'partner new <name> --kind <kind>',
  summary: 'A folder for a new partner: keys, certificate requests, partner file, draft agreement, hello.mjs',
  options: {
    kind: { type: 'string', value: 'kind', text: 'ngo, field-ngo, police, liaison, authority or foreign' },
    id: { type: 'string', value: 'id', text: 'short name (default: made from the name)' },
    with: { type: 'string', value: 'partner', text: 'the other party (default: the usual one of the kind)' },
    country: { type: 'string', value: 'XX', text: 'default: NL' },
    oin: { type: 'string', value: 'oin', text: 'default: the next free test OIN' },
    out: { type: 'string', value: 'dir', text: 'default: its id, here' },
  },
  positionals: [1, 1],
  run,
}
