import { join, resolve } from 'node:path'
import { waitInForce } from '../apply-to-control.ts'
import type { CliCommand, ExitCode } from '../command.ts'
import { openStore } from '../open-store.ts'
import { admitPartner } from '../partner/admit-partner.ts'
import { readPartnerFolder } from '../partner/partner-folder.ts'

export const partnerAdmit: CliCommand = {
  name: 'partner admit',
  usage: 'partner admit <folder>',
  summary:
    'Certificates for the requests of a partner, its agreement signed by both, and all of it in control',
  options: { 'no-wait': { type: 'boolean', text: 'do not wait until it is in force' } },
  positionals: [1, 1],
  run: async (call): Promise<ExitCode> => {
    const given = call.positionals[0] ?? ''
    const folder = resolve(given)
    const { partner } = await readPartnerFolder(folder)
    const store = await openStore(call.data)
    try {
      const admission = await admitPartner(store, call.data, folder)
      if (admission.kind === 'unsigned') {
        const next = `schakel partner sign ${given}`
        call.out.answer({ admitted: false, unsigned: admission.agreements, next }, [
          `certificates are in ${join(folder, 'identity')}; not admitted: ${admission.agreements.join(', ')} lacks its signature`,
          `next, by the partner: ${next}; then admit it again`,
        ])
        return 1
      }
      const { epoch, put } = admission
      const waited = !call.flag('no-wait')
      const inForce = waited && (await waitInForce(store, epoch, call.signal))
      const next = [
        `npm run pack:sdk -- ${given}`,
        `(cd ${given} && npm install && node hello.mjs)`,
        `schakel ping ${partner.id} --identity ${join(given, 'identity')}`,
      ]
      call.out.answer({ admitted: true, partner: partner.id, epoch, inForce, put, next }, [
        `${partner.name} is admitted in epoch ${epoch}${inForce ? ', in force' : ', not in force yet'}:`,
        ...put.map((path) => `  + ${path}`),
        'next, by the partner:',
        ...next.map((line) => `  ${line}`),
      ])
      return waited && !inForce ? 2 : 0
    } finally {
      await store.close()
    }
  },
}
