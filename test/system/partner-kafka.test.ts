/** Two partners without any code of ours: kcat (librdkafka) for Kafka, jwcrypto and sd-jwt for the messages. */
import { execFile } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { whyNoJars } from '../../infra/kafka/fetch-jars.ts'
import { notRun } from '../support/kafka.ts'
import { type KafkaPartnersWorld, startKafkaPartnersWorld } from '../support/kafka-partners-world.ts'
import { OINS, urn } from '../support/test-epoch.ts'

const run = promisify(execFile)
const HOW_TO = new URL('../../docs/how-to/', import.meta.url).pathname
const STATUS = 'nl.schakel.status.v1'
const PATIENCE_MS = 30_000

type Name = 'ecpat' | 'tbkk'
type Json = Record<string, unknown>
interface KafkaRecord {
  readonly offset: number
  readonly headers: readonly string[]
  readonly payload: string
}

const reason = await whyNoJars()
if (reason !== undefined) notRun(reason)

let world: KafkaPartnersWorld

/** One partner with its folder, certificate and command line; nothing of ours. */
class Partner {
  readonly name: Name
  readonly oin: string
  readonly endpoint: string
  constructor(name: Name, endpoint: string) {
    this.name = name
    this.oin = OINS[name]
    this.endpoint = urn(this.oin, endpoint)
  }

  get folder(): string {
    return join(world.folder, `at-${this.name}`)
  }

  async #kcat(args: readonly string[]): Promise<string> {
    const id = world.identity(this.name)
    const tls = {
      'security.protocol': 'ssl',
      'ssl.ca.location': join(world.folder, 'cluster', 'ca.pem'),
      'ssl.certificate.location': join(id, 'tls.cert.pem'),
      'ssl.key.location': join(id, 'tls.key.pem'),
    }
    const options = Object.entries(tls).flatMap(([name, value]) => ['-X', `${name}=${value}`])
    const { stdout } = await run('kcat', ['-b', world.broker, ...options, ...args], { maxBuffer: 1 << 24 })
    return stdout
  }

  async #curl(path: string): Promise<string> {
    const id = world.identity(this.name)
    const tls = [
      '--cacert',
      join(id, 'ca.pem'),
      '--cert',
      join(id, 'tls.cert.pem'),
      '--key',
      join(id, 'tls.key.pem'),
    ]
    const { stdout } = await run('curl', ['-sf', ...tls, `${world.gateway}${path}`])
    return stdout
  }

  async start(): Promise<void> {
    await mkdir(join(this.folder, 'certificates'), { recursive: true })
    await writeFile(join(this.folder, 'keys.json'), await this.#curl('/v1/keys'))
  }

  /** Signed and sealed in Python; the options for kcat. */
  async seal(message: Json): Promise<readonly string[]> {
    await writeFile(join(this.folder, 'message.json'), JSON.stringify(message))
    const files = ['--keys', 'keys.json', '--message', 'message.json', '--out', 'message.jwe']
    const args = [`${HOW_TO}partner-kafka.py`, 'seal', '--identity', world.identity(this.name), ...files]
    const { stdout } = await run('python3', args, { cwd: this.folder })
    return stdout.trim().split(/\s+/)
  }

  publish(headers: readonly string[], file = 'message.jwe', more: readonly string[] = []): Promise<string> {
    const topic = `p.${this.oin}.in`
    return this.#kcat([
      '-P',
      '-t',
      topic,
      '-p',
      '0',
      '-X',
      'acks=all',
      ...more,
      ...headers,
      join(this.folder, file),
    ])
  }

  async records(): Promise<readonly KafkaRecord[]> {
    const text = await this.#kcat([
      '-C',
      '-t',
      `p.${this.oin}.out`,
      '-p',
      '0',
      '-o',
      'beginning',
      '-e',
      '-q',
      '-J',
    ])
    return text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as KafkaRecord)
  }

  /** Waits until one of the records is what is looked for. */
  async found(wanted: (headers: Readonly<Record<string, string>>) => boolean): Promise<KafkaRecord> {
    const until = Date.now() + PATIENCE_MS
    while (Date.now() < until) {
      const record = (await this.records()).find((one) => wanted(headersOf(one)))
      if (record) return record
      await delay(200)
    }
    throw new Error(`${this.name} did not get it: ${[...new Set(world.reports)].slice(0, 8).join('; ')}`)
  }

  /** What a foreign library reads in it; certificates of senders are fetched as they are named. */
  async open(record: KafkaRecord): Promise<Json> {
    const files = ['--keys', 'keys.json', '--certificates', 'certificates', '--endpoint', this.endpoint]
    const args = [`${HOW_TO}partner-kafka.py`, 'open', '--identity', world.identity(this.name), ...files]
    const python = run('python3', args, { cwd: this.folder })
    python.child.stdin?.end(`${JSON.stringify(record)}\n`)
    const read = JSON.parse((await python).stdout) as Json
    if (typeof read['fetch'] !== 'string') return read
    const certificate = await this.#curl(`/v1/certificates/${read['fetch']}`)
    await writeFile(join(this.folder, 'certificates', `${read['fetch']}.pem`), certificate)
    return this.open(record)
  }
}

const headersOf = ({ headers }: KafkaRecord): Readonly<Record<string, string>> =>
  Object.fromEntries(headers.flatMap((name, at) => (at % 2 === 0 ? [[name, headers[at + 1] ?? '']] : [])))

const optionOf = (options: readonly string[], name: string): string =>
  options.find((one) => one.startsWith(`${name}=`))?.slice(name.length + 1) ?? ''

const ecpat = new Partner('ecpat', 'meldpunt')
const tbkk = new Partner('tbkk', 'zaken')
const message = async () => JSON.parse(await readFile(`${HOW_TO}partner-kafka-message.json`, 'utf8')) as Json

describe.runIf(reason === undefined)('partners with a client of their own, on a secured broker', () => {
  beforeAll(async () => {
    world = await startKafkaPartnersWorld()
    await ecpat.start()
    await tbkk.start()
  }, 120_000)
  afterAll(async () => {
    await world?.stop()
  }, 60_000)

  it("what is no message is refused on the sender's own topic", async () => {
    const headers = await ecpat.seal(await message())
    await writeFile(join(ecpat.folder, 'bad.txt'), 'no JWE')
    await ecpat.publish([...headers, '-H', `ce_id=${optionOf(headers, 'ce_id')}`])
    await ecpat.publish(headers, 'bad.txt')
    const refused = []
    for (const id of ['in-0', 'in-1'])
      refused.push(await ecpat.open(await ecpat.found((h) => h['ce_id'] === id)))
    expect(refused).toMatchObject([
      { refused: { code: 'MSG_CLAIM', pointer: '/ce-id', position: 0, message: null } },
      { refused: { code: 'MSG_FRAMING', pointer: '/', position: 1, message: optionOf(headers, 'ce_id') } },
    ])
  }, 60_000)

  it("nobody writes or reads another's topics", async () => {
    const headers = await tbkk.seal(await message())
    const forged = new Partner('tbkk', 'zaken')
    Object.assign(forged, { oin: OINS.ecpat })
    await expect(forged.publish(headers, 'message.jwe', ['-X', 'message.timeout.ms=5000'])).rejects.toThrow()
    await expect(forged.records()).rejects.toThrow()
  }, 60_000)

  it('a message goes in, is decided, comes out, is opened and acknowledged; the sender reads what became of it', async () => {
    const headers = await ecpat.seal(await message())
    const id = optionOf(headers, 'ce_id')
    // Twice, as a client does that heard no answer.
    await ecpat.publish(headers)
    await ecpat.publish(headers)
    const answer = await ecpat.found((h) => h['ce_type'] === STATUS && h['ce_subject'] === id)
    const status = (await ecpat.open(answer))['status'] as { handoffs: { handoff: string }[] }
    expect(status).toMatchObject({ id, state: 'decided', error: null, handoffs: [{ state: 'sealed' }] })
    const handoff = status.handoffs[0]?.handoff ?? ''

    const record = await tbkk.found((h) => h['ce_id'] === handoff)
    expect(headersOf(record)).toMatchObject({
      ce_specversion: '1.0',
      ce_type: 'nl.schakel.tip.ngo.forwarded.v1',
      ce_source: urn(OINS.exchange, 'schakel'),
      'content-type': 'application/jose',
    })
    const opened = await tbkk.open(record)
    expect(opened).toMatchObject({
      handoff,
      from: ecpat.endpoint,
      data: { tipRef: 'TIP-2026-0107', place: 'Cebu' },
      label: { type: 'tip.ngo.forwarded', handling: 'AMBER+STRICT' },
    })

    const data = { handOff: handoff, sdHash: opened['sdHash'] }
    const acknowledgement = {
      from: tbkk.endpoint,
      type: 'nl.schakel.acknowledged.v1',
      subject: handoff,
      terms: [],
      context: { regime: 'GDPR', handling: 'GREEN' },
      preparedBy: { actor: 'inbox', role: 'system', automated: true },
      data,
    }
    await tbkk.publish(await tbkk.seal(acknowledgement))
    const change = await ecpat.found((h) => h['ce_type'] === STATUS && h['ce_subject'] === handoff)
    expect(await ecpat.open(change)).toMatchObject({ status: { handoff, state: 'delivered' } })
    const ids = (await tbkk.records()).map((one) => headersOf(one)['ce_id'])
    expect(ids.filter((one) => one === handoff)).toEqual([handoff])
    // While a fresh broker makes its topic of offsets, both wait and say so; nothing else may be said.
    expect(world.reports.filter((one) => !one.startsWith('OPS_LOG_UNAVAILABLE'))).toEqual([])
  }, 120_000)

  it('a message that the exchange refuses is told sealed, with its code and pointer', async () => {
    const wrong = await message()
    const headers = await ecpat.seal({ ...wrong, data: { ...(wrong['data'] as Json), country: 'nowhere' } })
    const id = optionOf(headers, 'ce_id')
    await ecpat.publish(headers)
    const record = await ecpat.found((h) => h['ce_type'] === STATUS && h['ce_subject'] === id)
    expect(JSON.stringify(record)).not.toContain('MSG_')
    expect(await ecpat.open(record)).toMatchObject({
      status: { id, state: 'refused', error: { code: 'MSG_DATA', pointer: '/data/country' }, handoffs: [] },
    })
  }, 60_000)
})
