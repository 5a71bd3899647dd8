import { composePaxlst, type Manifest } from '#services/travel/edifact/compose-paxlst.ts'

/** A synthetic flight with two passengers and one of the crew. */
export const MANIFEST: Manifest = {
  sender: 'EXAMPLEAIR',
  recipient: 'NLAPI',
  prepared: ['260301', '0815'],
  control: '0000000042',
  document: '745',
  purpose: '',
  reference: 'EX0101260301',
  legs: [
    {
      flight: 'EX101',
      carrier: 'EX',
      from: 'AMS',
      to: 'MNL',
      departs: '2026-03-01T11:20',
      arrives: '2026-03-02T06:05',
    },
  ],
  persons: [
    {
      surname: 'VAN DER BEELDEN',
      given: "JAN O'PIET",
      kind: 'passenger',
      gender: 'male',
      birthDate: '1974-02-09',
      nationality: 'NLD',
      residence: 'NLD',
      embarks: 'AMS',
      disembarks: 'MNL',
      locator: 'ABC123',
      seat: '14C',
      documents: [{ type: 'P', number: 'XX1234567', issuer: 'NLD', expires: '2031-05-04' }],
    },
    {
      surname: 'ÖZGÜL',
      given: 'SIBEL',
      kind: 'passenger',
      gender: 'female',
      birthDate: '1990',
      documents: [],
    },
    { surname: 'VOORBEELD', given: '', kind: 'crew', documents: [] },
  ],
}

export const paxlstBytes = (manifest: Manifest = MANIFEST): Uint8Array =>
  Buffer.from(composePaxlst(manifest), 'latin1')

/** As a telex gateway folds it: lines of `width` characters, and a heading. */
export function folded(text: string, width = 69): string {
  const lines = text.match(new RegExp(`[\\s\\S]{1,${width}}`, 'g')) ?? []
  return `QP HDQXX\r\n.AMSXX 010815\r\n\u0002${lines.join('\r\n')}\r\n\u0003\r\nEmail secured\r\n`
}
