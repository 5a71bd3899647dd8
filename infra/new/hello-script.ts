import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Agreement, MessageType, Partner } from '#core/decision/epoch.ts'
import type { Contracts } from '../generate/read-contracts.ts'
import type { PartnerKind } from './partner-kinds.ts'

const TEST = 'connection.tested'
/** Marks that the Wpg asks of police data; those of another regime need none. */
const WPG = { wpgClass: '8', evaluation: 'B2', personCategory: 'SUSPECT', factOrOpinion: 'FACT' }

export interface HelloMessage {
  readonly type: string
  readonly publication: Readonly<Record<string, unknown>>
}

/** The valid example of a type, what may be absent left out. */
function exampleOf(root: string, type: MessageType): Readonly<Record<string, unknown>> | undefined {
  const path = join(root, `schemas/examples/${type.name}.v${type.version}/valid.json`)
  if (!existsSync(path)) return undefined
  const example = JSON.parse(readFileSync(path, 'utf8')) as Readonly<Record<string, unknown>>
  const wanted = type.fields.filter((field) => !field.nullable).map(({ name }) => [name, example[name]])
  return Object.fromEntries(wanted)
}

/** The first message that the agreement lets this partner send, made of the type's own example; undefined when it lets it send none. */
export function helloMessage(
  root: string,
  contracts: Contracts,
  agreement: Agreement,
  kind: PartnerKind,
): HelloMessage | undefined {
  const other = contracts.partners.find(({ oin }) => oin === agreement.parties[1])
  for (const entry of agreement.lists) {
    const type = contracts.types.get(entry.type)
    const to = other?.endpoints.find(({ roles }) => roles.some((role) => entry.to.includes(role)))
    const ours = entry.from.some((role) => kind.roles.includes(role))
    const data = type && exampleOf(root, type)
    if (entry.type === TEST || !ours || !to || !data) continue
    const { regime } = kind
    const context = { regime, handling: 'GREEN', ...(regime === 'WPG' ? WPG : {}) }
    const terms = { to: to.urn, purpose: entry.purposes[0], basis: entry.basis }
    const preparedBy = { actor: 'medewerker-1', role: 'medewerker', automated: false }
    return { type: entry.type, publication: { to: [terms], data, context, preparedBy } }
  }
  return undefined
}

/** As people write it: names without quotes. A quote within a text is escaped, so no value looks like a name. */
const code = (value: unknown): string => JSON.stringify(value, null, 2).replace(/"([a-zA-Z]+)":/g, '$1:')

/** hello.mjs: says what it may say, tries its own connection, reads and acknowledges its inbox. Runs on Node 20. */
export function helloScript(partner: Partner, message: HelloMessage | undefined): string {
  const [endpoint] = partner.endpoints
  const said = message
    ? `
// What the agreement lets us say first. A refusal is an answer, with reasons; only what is wrong throws.
const sent = await schakel.publish('${message.type}', ${code(message.publication)})
for (const { to, verdict } of sent.handoffs)
  console.log('${message.type}', 'to', to, verdict?.kind ?? sent.state, ...(verdict?.reasons ?? []).map(({ code }) => code))
if (sent.error) console.log(sent.error.code, sent.error.pointer, sent.error.next)
`
    : ''
  return `// ${partner.name}: publishes and reads. Started with: npm install && node hello.mjs
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { connect } from 'schakel-sdk'

const here = (name) => fileURLToPath(new URL(name, import.meta.url))
const { gateway } = JSON.parse(await readFile(here('connection.json'), 'utf8'))
const schakel = await connect({ gateway, identity: here('identity'), endpoint: '${endpoint?.name}' })
${said}
// A test of our own connection: to ourselves, through the whole chain.
const test = await schakel.publish('${TEST}', {
  to: [{ to: schakel.urn, purpose: 'connection-test', basis: 'no-personal-data' }],
  data: { testId: randomBytes(8).toString('hex') },
  context: { regime: 'GDPR', handling: 'GREEN' },
  preparedBy: { actor: 'hello', role: 'system', automated: true },
})
console.log('${TEST}', test.handoffs[0]?.verdict?.kind ?? test.state)

// The inbox as it fills: each hand-off opened with our own key and verified. After the test has come back we stop.
const stop = new AbortController()
for await (const item of schakel.stream(AbortSignal.any([stop.signal, AbortSignal.timeout(60_000)]))) {
  const { state } = await schakel.acknowledge(item)
  console.log('received', item.type, 'from', item.from, state)
  if (item.handoff === test.handoffs[0]?.handoff) stop.abort()
}
schakel.close()
if (!stop.signal.aborted) process.exitCode = 1
`
}
