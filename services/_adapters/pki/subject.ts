import { fail } from '#core/failure.ts'
import { parseOin } from '#core/ids.ts'
import { type Node, oid, printable, sequence, set, utf8 } from './der-writer.ts'

const COUNTRY = '2.5.4.6'
const ORGANISATION = '2.5.4.10'
const COMMON_NAME = '2.5.4.3'
const SERIAL_NUMBER = '2.5.4.5'
const TEXT_MAX = 64

/** Subject of a certificate: the OIN stands in serialNumber (Digikoppeling PKI001). */
export interface Subject {
  readonly oin: string
  readonly commonName: string
  readonly organisation: string
}

const attribute = (type: string, value: Node): Node => set(sequence(oid(type), value))

function text(value: string): Node {
  if (value.length === 0 || value.length > TEXT_MAX)
    fail('OPS_USAGE', undefined, 'name of 1 to 64 characters')
  return utf8(value)
}

export function subjectName({ oin, commonName, organisation }: Subject): Node {
  return sequence(
    attribute(COUNTRY, printable('NL')),
    attribute(ORGANISATION, text(organisation)),
    attribute(COMMON_NAME, text(commonName)),
    attribute(SERIAL_NUMBER, printable(parseOin(oin, '/oin'))),
  )
}

export function caName(commonName: string): Node {
  return sequence(
    attribute(COUNTRY, printable('NL')),
    attribute(ORGANISATION, text('Schakel')),
    attribute(COMMON_NAME, text(commonName)),
  )
}

/** Value of one attribute of a name, as written by `subjectName`. */
export function attributeOf(name: Node | undefined, type: 'organisation' | 'commonName' | 'oin'): string {
  const wanted = { organisation: ORGANISATION, commonName: COMMON_NAME, oin: SERIAL_NUMBER }[type]
  const found: string[] = []
  const list = (node: Node | undefined): Node[] => (Array.isArray(node?.value) ? node.value : [])
  for (const rdn of list(name))
    for (const pair of list(rdn)) {
      const [key, value] = list(pair)
      if (key && value && key.value === oid(wanted).value && typeof value.value === 'string')
        found.push(Buffer.from(value.value, 'latin1').toString('utf8'))
    }
  return found.length === 1
    ? (found[0] ?? '')
    : fail('PEER_CERTIFICATE', undefined, `subject without one ${type}`)
}
