const string = { type: 'string' } as const
const text = (description: string) => ({ type: 'string', description }) as const
const boolean = { type: 'boolean' } as const
const dateTime = { type: 'string', format: 'date-time' } as const
const orNull = (schema: { readonly type: string }) => ({ ...schema, type: [schema.type, 'null'] })
const list = (items: object) => ({ type: 'array', items })
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` })
const record = (properties: Readonly<Record<string, object>>, required = Object.keys(properties)) => ({
  type: 'object',
  properties,
  required,
})

const states = ['held', 'sealed', 'delivered', 'refused', 'expired', 'recalled']

/** JSON Schemas (2020-12) of what the gateway answers; checked against real answers by test/unit/gateway. */
export const OPENAPI_SCHEMAS = {
  Problem: record({
    type: { type: 'string', format: 'uri' },
    title: string,
    status: { type: 'integer' },
    detail: string,
    code: text('Code of docs/errors.md'),
    pointer: orNull(text('JSON pointer to what is wrong')),
    next: text('What to do next'),
    instance: text('urn of this request, for the operator'),
  }),
  Reason: record({
    code: string,
    rule: orNull(string),
    article: orNull(string),
    verified: { ...boolean, description: 'false: the article was not verified by a jurist' },
    needs: orNull(text('How it is cured')),
    nl: string,
    en: string,
  }),
  Verdict: record({
    kind: { type: 'string', enum: ['permit', 'permit-redacted', 'hold', 'deny'] },
    reasons: list(ref('Reason')),
    basis: list(record({ rule: string, article: string, verified: boolean })),
    shown: list(string),
    withheld: list(record({ member: string, reason: string, nl: string, en: string })),
    obligations: list(string),
  }),
  HandoffForSender: record({
    role: { const: 'sender' },
    handoff: string,
    message: string,
    from: string,
    to: string,
    type: string,
    state: { type: 'string', enum: states },
    content: { type: 'string', enum: ['present', 'erased'] },
    released: boolean,
    at: dateTime,
    deadline: orNull(dateTime),
    sdHash: orNull(string),
    verdict: { anyOf: [ref('Verdict'), { type: 'null' }] },
    history: list(record({ state: string, cause: string, at: dateTime })),
  }),
  HandoffForRecipient: record({
    role: { const: 'recipient' },
    handoff: string,
    from: string,
    to: string,
    type: string,
    state: { type: 'string', enum: states },
    at: dateTime,
    deadline: orNull(dateTime),
    obligations: list(string),
  }),
  HandoffDuties: record({
    handoff: string,
    duties: list(
      record({
        duty: text('Its name in the register'),
        kind: { type: 'string', enum: ['answer', 'act', 'review', 'validity', 'erase'] },
        owner: { type: 'string', enum: ['sender', 'recipient'] },
        state: { type: 'string', enum: ['open', 'awaiting', 'missed', 'met', 'late', 'ended', 'withdrawn'] },
        awaits: orNull(text('What its clock stands for')),
        due: orNull(dateTime),
        remindAt: orNull(dateTime),
        reminded: boolean,
        since: dateTime,
        article: orNull(string),
        verified: { ...boolean, description: 'false: the article was not verified by a jurist' },
        nl: string,
        en: string,
      }),
    ),
  }),
  MessageStatus: record({
    id: string,
    state: { type: 'string', enum: ['accepted', 'decided', 'refused', 'parked'] },
    at: orNull(dateTime),
    error: {
      anyOf: [
        record({ code: string, title: string, pointer: orNull(string), next: string }),
        { type: 'null' },
      ],
    },
    handoffs: list(ref('HandoffForSender')),
  }),
  InboxItem: record({
    handoff: string,
    type: string,
    to: string,
    at: dateTime,
    cursor: text('Resume after this item'),
    jwe: text('Compact JWE to your sealing certificate'),
  }),
  InboxPage: record({ items: list(ref('InboxItem')), next: string, more: boolean }),
  ServiceKey: record({ kid: string, jwk: { type: 'object' }, from: dateTime, until: dateTime }),
  Keys: record({
    exchange: string,
    epoch: { type: 'integer' },
    intake: list(ref('ServiceKey')),
    label: list(ref('ServiceKey')),
    carriers: list(record({ body: string, carrier: string })),
  }),
  MessageTypes: record({
    types: list(
      record({
        name: string,
        vct: string,
        version: { type: 'integer' },
        sha256: string,
        dataschema: { type: 'string', format: 'uri' },
        toExchange: boolean,
        answeredBy: orNull(string),
        sunset: orNull(dateTime),
        fields: list(
          record({
            name: string,
            category: string,
            perItem: boolean,
            nullable: boolean,
            nl: string,
            en: string,
          }),
        ),
      }),
    ),
  }),
  Codes: record({
    codes: list(
      record({ entity: string, code: string, nl: string, en: string, roles: list(string) }, [
        'entity',
        'code',
        'nl',
        'en',
      ]),
    ),
  }),
  Routes: record({
    routes: list(
      record({
        type: string,
        from: string,
        to: string,
        purpose: string,
        basis: string,
        rule: string,
        article: string,
        verified: boolean,
        shows: list(text('Data field that may be shown; * is all')),
        obligations: list(string),
      }),
    ),
    parties: list(record({ urn: string, name: string, endpoint: string, country: string })),
  }),
  Health: record({ status: string }),
  Readiness: record({ status: string, log: string, view: string, control: string }),
} as const
