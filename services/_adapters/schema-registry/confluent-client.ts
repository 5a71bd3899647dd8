/** The one file that imports @kafkajs/confluent-schema-registry: its client, with the texts it would throw away and an end to waiting. */
import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { COMPATIBILITY, SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry'
import { fail } from '#core/failure.ts'

export interface RegistryTarget {
  /** With the path of the Confluent interface: `http://127.0.0.1:8081/apis/ccompat/v7`. Plain HTTP on loopback only. */
  readonly url: string
  /** PEM of the CA of the registry's certificate. */
  readonly ca?: string
  readonly auth?: { readonly username: string; readonly password: string }
}

export interface ConfluentClient {
  /** Undefined: no such subject or version (404). Everything else that is not an answer throws `OPS_REGISTRY`. */
  idOf(subject: string, version: number | 'latest'): Promise<number | undefined>
  /** The text as the registry has it; undefined when there is none under this id, or it is no Avro. */
  textOf(id: number): Promise<string | undefined>
  /** Idempotent; the subject is FULL_TRANSITIVE from its first version on. Answers the id. */
  register(subject: string, text: string): Promise<number>
  close(): void
}

const ANSWER_MS = 5_000
const LOOPBACK: readonly string[] = ['127.0.0.1', '[::1]', 'localhost']

/** What a middleware of mappersmith sees of an answer; the package does not export its types. */
interface Answer {
  request(): { params(): Readonly<Record<string, unknown>> }
  rawData(): unknown
}

function hostOf(target: RegistryTarget): URL {
  if (!URL.canParse(target.url)) return fail('OPS_CONFIG', '/registry/url')
  const url = new URL(target.url)
  const fits = url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.includes(url.hostname))
  if (!fits || url.username !== '' || url.password !== '') fail('OPS_CONFIG', '/registry/url')
  return url
}

/** The library parses schemas and forgets their texts, which our digests are of: they are taken on their way in. */
function keepTexts(texts: Map<number, string>) {
  return ({ resourceName }: { resourceName: string }) => ({
    async response(next: () => Promise<never>): Promise<never> {
      const given = await next()
      const answer: Answer = given
      if (resourceName === 'Schema') {
        const { schema } = JSON.parse(String(answer.rawData())) as { readonly schema?: unknown }
        if (typeof schema === 'string') texts.set(Number(answer.request().params()['id']), schema)
      }
      return given
    },
  })
}

const isMissing = (error: unknown): boolean => (error as { readonly status?: unknown } | null)?.status === 404

/** Its sockets may wait longer than its caller: they are closed with the agent. */
async function inTime<T>(work: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error('no answer in time')), ANSWER_MS)
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

async function asked<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await inTime(work)
  } catch (error) {
    if (isMissing(error)) return undefined
    const status = (error as { readonly status?: unknown } | null)?.status
    return fail('OPS_REGISTRY', undefined, `the registry gave no answer (${Number(status) || 'none'})`)
  }
}

const isId = (id: unknown): id is number => typeof id === 'number' && Number.isInteger(id) && id > 0

/** Connects when first asked. Throws `OPS_CONFIG` for an address that is none, or plain HTTP to another host. */
export function confluentClient(target: RegistryTarget): ConfluentClient {
  const host = hostOf(target)
  const texts = new Map<number, string>()
  const timing = { timeout: ANSWER_MS, keepAlive: true, maxSockets: 8 }
  const agent =
    host.protocol === 'https:'
      ? new HttpsAgent({ ...timing, minVersion: 'TLSv1.3', ...(target.ca ? { ca: target.ca } : {}) })
      : new HttpAgent(timing)
  const registry = new SchemaRegistry({
    host: target.url.replace(/\/$/, ''),
    clientId: 'schakel',
    agent,
    retry: { retries: 0 },
    middlewares: [keepTexts(texts)],
    ...(target.auth ? { auth: target.auth } : {}),
  })
  const idOf = async (subject: string, version: number | 'latest') => {
    const name = encodeURIComponent(subject)
    const asking =
      version === 'latest' ? registry.getLatestSchemaId(name) : registry.getRegistryId(name, version)
    const answer = await asked(asking.then((id: unknown) => ({ id })))
    if (answer === undefined) return undefined
    return isId(answer.id)
      ? answer.id
      : fail('OPS_REGISTRY', undefined, 'the registry gave an id that is none')
  }
  return {
    idOf,
    async textOf(id) {
      const found = await asked(
        registry.getSchema(id).catch((error: unknown) => {
          // It came, and the library cannot read it: whether the text is ours is for its digest to say.
          if (!texts.has(id)) throw error
          return texts.get(id)
        }),
      )
      return found === undefined ? undefined : texts.get(id)
    },
    async register(subject, text) {
      const given = { type: SchemaType.AVRO as const, schema: text }
      const options = { subject, compatibility: COMPATIBILITY.FULL_TRANSITIVE }
      const made = await asked(registry.register(given, options))
      return made && isId(made.id) ? made.id : fail('OPS_REGISTRY', `/${subject}`, 'was not registered')
    },
    close: () => agent.destroy(),
  }
}
