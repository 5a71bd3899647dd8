import { API_VERSION, SECURITY_HEADERS } from '#adapters/http/security-headers.ts'
import { OPENAPI_SCHEMAS } from './openapi-schemas.ts'

interface Operation {
  readonly id: string
  readonly summary: string
  readonly tag: 'messages' | 'hand-offs' | 'control' | 'operation'
  readonly parameters?: readonly object[]
  readonly body?: object
  /** status → description and content. */
  readonly answers: Readonly<Record<string, object>>
  readonly open?: boolean
}

const headers = Object.fromEntries(
  Object.keys(SECURITY_HEADERS).map((name) => [name, { schema: { type: 'string' } }]),
)

const answer = (description: string, type: string, schema: object) => ({
  description,
  headers,
  content: { [type]: { schema } },
})
const json = (description: string, name: keyof typeof OPENAPI_SCHEMAS) =>
  answer(description, 'application/json', { $ref: `#/components/schemas/${name}` })

const parameter = (place: 'path' | 'query' | 'header', name: string, schema: object, required: boolean) => ({
  name,
  in: place,
  required,
  schema,
})
const uuid = { type: 'string', format: 'uuid' }
const prefer = parameter('header', 'Prefer', { type: 'string', examples: ['wait=5'] }, false)
const after = parameter('query', 'after', { type: 'string' }, false)
const endpoint = parameter('query', 'endpoint', { type: 'string' }, false)

const attributes = ['specversion', 'id', 'source', 'type', 'subject', 'time', 'dataschema'].map((name) =>
  parameter('header', `ce-${name}`, { type: 'string' }, true),
)

const traceparent = parameter(
  'header',
  'ce-traceparent',
  { type: 'string', pattern: '^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$' },
  false,
)

const MESSAGE_OPERATIONS = {
  '/v1/messages': {
    post: {
      id: 'submitMessage',
      summary: 'Hands in a sealed message; the same id may be sent again with the same bytes',
      tag: 'messages',
      parameters: [...attributes, traceparent, prefer],
      body: { required: true, content: { 'application/jose': { schema: { type: 'string' } } } },
      answers: {
        200: json('Answered within the time preferred', 'MessageStatus'),
        202: json('Durable; read the outcome at Location', 'MessageStatus'),
      },
    },
  },
  '/v1/messages/{id}': {
    get: {
      id: 'getMessage',
      summary: 'What became of a message of yours',
      tag: 'messages',
      parameters: [parameter('path', 'id', uuid, true), prefer],
      answers: { 200: json('Its status', 'MessageStatus') },
    },
  },
  '/v1/handoffs/{id}': {
    get: {
      id: 'getHandoff',
      summary: 'A hand-off as its sender or its recipient may read it',
      tag: 'hand-offs',
      parameters: [parameter('path', 'id', { type: 'string' }, true)],
      answers: {
        200: answer('The hand-off', 'application/json', {
          oneOf: [
            { $ref: '#/components/schemas/HandoffForSender' },
            { $ref: '#/components/schemas/HandoffForRecipient' },
          ],
        }),
      },
    },
  },
  '/v1/handoffs/{id}/duties': {
    get: {
      id: 'listDuties',
      summary: 'Deadlines of a hand-off: your own, and by when you are owed an answer',
      tag: 'hand-offs',
      parameters: [parameter('path', 'id', { type: 'string' }, true)],
      answers: { 200: json('Its deadlines', 'HandoffDuties') },
    },
  },
  '/v1/inbox': {
    get: {
      id: 'listInbox',
      summary: 'Released hand-offs to you, after a cursor',
      tag: 'hand-offs',
      parameters: [
        after,
        parameter('query', 'limit', { type: 'integer', minimum: 1, maximum: 100 }, false),
        endpoint,
      ],
      answers: { 200: json('One page', 'InboxPage') },
    },
  },
  '/v1/stream': {
    get: {
      id: 'streamInbox',
      summary: 'The same as server-sent events, with resume',
      tag: 'hand-offs',
      parameters: [after, endpoint, parameter('header', 'Last-Event-ID', { type: 'string' }, false)],
      answers: { 200: answer('Events named handoff', 'text/event-stream', { type: 'string' }) },
    },
  },
} as const satisfies Record<string, Record<string, Operation>>

const CONTROL_OPERATIONS = {
  '/v1/keys': {
    get: {
      id: 'getKeys',
      summary: 'Public keys to seal to, and to check labels with',
      tag: 'control',
      answers: { 200: json('Keys', 'Keys') },
    },
  },
  '/v1/certificates/{thumbprint}': {
    get: {
      id: 'getCertificate',
      summary: 'A registered certificate by x5t#S256',
      tag: 'control',
      parameters: [parameter('path', 'thumbprint', { type: 'string' }, true)],
      answers: { 200: answer('PEM', 'application/pem-certificate-chain', { type: 'string' }) },
    },
  },
  '/v1/crl': {
    get: {
      id: 'getCrl',
      summary: 'The current revocation list',
      tag: 'control',
      answers: { 200: answer('PEM', 'application/pem-certificate-chain', { type: 'string' }) },
    },
  },
  '/v1/types': {
    get: {
      id: 'listTypes',
      summary: 'Message types in force',
      tag: 'control',
      answers: { 200: json('Types', 'MessageTypes') },
    },
  },
  '/v1/types/{vct}': {
    get: {
      id: 'getType',
      summary: 'The Avro schema of one type, as published',
      tag: 'control',
      parameters: [parameter('path', 'vct', { type: 'string' }, true)],
      answers: { 200: answer('Avro schema', 'application/json', { type: 'object' }) },
    },
  },
  '/v1/codes': {
    get: {
      id: 'listCodes',
      summary: 'Codes of purposes, bases, obligations and the like, in words',
      tag: 'control',
      answers: { 200: json('Codes', 'Codes') },
    },
  },
  '/v1/routes': {
    get: {
      id: 'listRoutes',
      summary:
        'What a permit and an instrument let go from an endpoint of yours, and to whom; guards may still refuse',
      tag: 'control',
      parameters: [parameter('query', 'from', { type: 'string' }, true)],
      answers: { 200: json('Routes', 'Routes') },
    },
  },
  '/v1/openapi.json': {
    get: {
      id: 'getOpenApi',
      summary: 'This document',
      tag: 'operation',
      open: true,
      answers: { 200: answer('OpenAPI 3.1', 'application/json', { type: 'object' }) },
    },
  },
  '/healthz': {
    get: {
      id: 'getHealth',
      summary: 'The process answers',
      tag: 'operation',
      open: true,
      answers: { 200: json('Alive', 'Health') },
    },
  },
  '/readyz': {
    get: {
      id: 'getReadiness',
      summary: 'Log, view and control are there',
      tag: 'operation',
      open: true,
      answers: { 200: json('Ready', 'Readiness'), 503: json('Not ready', 'Readiness') },
    },
  },
} as const satisfies Record<string, Record<string, Operation>>

const OPERATIONS: Readonly<Record<string, Readonly<Record<string, Operation>>>> = {
  ...MESSAGE_OPERATIONS,
  ...CONTROL_OPERATIONS,
}

const problem = answer('Refused', 'application/problem+json', { $ref: '#/components/schemas/Problem' })

function describe(operation: Operation): object {
  return {
    operationId: operation.id,
    summary: operation.summary,
    tags: [operation.tag],
    ...(operation.parameters ? { parameters: operation.parameters } : {}),
    ...(operation.body ? { requestBody: operation.body } : {}),
    ...(operation.open ? { security: [] } : {}),
    responses: { ...operation.answers, default: problem },
  }
}

const withoutBase = (path: string): string => path.replace(/^\/v1/, '')

/** OpenAPI 3.1 as the ADR wants it: version in the server's url, contact, `API-Version` on every answer. */
export function openApi(): object {
  const paths: Record<string, object> = {}
  for (const [path, methods] of Object.entries(OPERATIONS)) {
    const item: Record<string, object> = {}
    for (const [method, operation] of Object.entries(methods)) item[method] = describe(operation)
    if (!path.startsWith('/v1')) item['servers'] = [{ url: '/' }] as unknown as object
    paths[withoutBase(path)] = item
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Schakel gateway',
      version: API_VERSION,
      description:
        'Hands in messages and reads hand-offs. Identity is the OIN of the client certificate (mTLS).',
      license: { name: 'EUPL-1.2', identifier: 'EUPL-1.2' },
      contact: { name: 'Schakel', email: 'beheer@schakel.example.nl', url: 'https://schakel.example.nl' },
    },
    servers: [{ url: '/v1' }],
    security: [{ mtls: [] }],
    tags: ['messages', 'hand-offs', 'control', 'operation'].map((name) => ({ name })),
    paths,
    components: { securitySchemes: { mtls: { type: 'mutualTLS' } }, schemas: OPENAPI_SCHEMAS },
  }
}

const PATTERNS = Object.entries(OPERATIONS).map(([path, methods]) => ({
  pattern: new RegExp(`^${path.replaceAll('.', '\\.').replace(/\{[a-z]+\}/g, '[^/]+')}$`),
  methods: Object.keys(methods).map((method) => method.toUpperCase()),
}))

/** Methods that a path knows; [] when it is no path of ours. */
export function allowedMethods(path: string): readonly string[] {
  return PATTERNS.find(({ pattern }) => pattern.test(path))?.methods ?? []
}
