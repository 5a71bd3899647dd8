/** Duties on the whole way of a message: begun, reminded, met, late, missed, restarted, over, erased, withdrawn (design §7). */
import { describe, expect, it } from 'vitest'
import type { HandoffId } from '#core/ids.ts'
import type { DutyRow } from '#core/ports/fold.ts'
import { type Answered, RealExchange, realEpoch, type Sent } from '../../support/real-exchange.ts'
import { story } from '../../support/story-messages.ts'
import { NOW } from '../../support/verified-message.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const PATH = 'contracts/register/duties.json'
const COMMON = {
  article: 'none: a test',
  nl: 'proef',
  en: 'test',
  source: 'test',
  verified: false,
  from: '2020-01-01',
  until: '2035-01-01',
}
const ANSWER = {
  duty: 'answer',
  kind: 'answer',
  owner: 'recipient',
  starts: { types: ['tip.followup.question'], from: ['tbkk'], to: ['ngo-hotline'] },
  clock: 'sealed',
  term: 'P10WD',
  calendar: 'recipient',
  remind: 'P2WD',
  awaits: {
    relation: 'inReplyTo',
    types: ['tip.followup.answer'],
    when: { 'data.answer': ['Wie?'] },
    state: 'identity',
  },
  restartedBy: { relation: 'case', types: ['tip.feedback'] },
  metBy: { relation: 'inReplyTo', types: ['tip.followup.answer'] },
  ...COMMON,
}
const ERASE = {
  duty: 'purge',
  kind: 'erase',
  owner: 'exchange',
  starts: { types: ['tip.followup.question'] },
  clock: 'sealed',
  term: 'PT48H',
  calendar: 'NL',
  ...COMMON,
}
const VALIDITY = {
  duty: 'alert',
  kind: 'validity',
  owner: 'recipient',
  starts: { types: ['kmar.alert'] },
  clock: 'data.validUntil',
  term: null,
  calendar: 'NL',
  endedBy: { relation: 'supersedes', types: ['kmar.alert'] },
  ...COMMON,
}

const law = (...rows: readonly object[]) => realEpoch({}, { [PATH]: JSON.stringify({ key: 'duty', rows }) })
const under = (...rows: readonly object[]) => new RealExchange(law(...rows))
const said = ({ outcome }: Answered) =>
  outcome.duties.map(({ duty, change, dueAt, awaits }) =>
    [duty, change, dueAt && new Date(dueAt).toISOString(), awaits].filter((one) => one !== null).join(' '),
  )

async function asked(exchange: RealExchange, over: Partial<Sent> = {}) {
  const answer = await exchange.send({ ...story.question(), ...over })
  const [row] = answer.rows
  if (!row) throw new Error(`no hand-off: ${answer.code}`)
  return { answer, question: row.handoff, row }
}

async function acknowledge(exchange: RealExchange, handoff: HandoffId) {
  const row = exchange.fold.handoff(handoff)
  if (!row) throw new Error('no row')
  const from = 'ecpat/meldpunt'
  return exchange.send({
    type: 'acknowledged',
    from,
    to: [],
    data: { handOff: handoff, sdHash: row.sdHash, receivedAt: new Date(exchange.at).toISOString() },
    context: { regime: 'GDPR', wpgClass: null, evaluation: null, personCategory: null, factOrOpinion: null },
    toExchange: { subject: handoff as never },
  })
}

const reply = (exchange: RealExchange, question: HandoffId, answer = 'Blauw', over: Partial<Sent> = {}) => {
  const draft = story.answer()
  const toExchange = { ...draft.toExchange, subject: question as never, inReplyTo: question }
  return exchange.send({ ...draft, data: { ...draft.data, answer }, toExchange, ...over })
}

const dutyOf = (exchange: RealExchange, handoff: HandoffId, duty = 'answer'): DutyRow => {
  const row = exchange.fold.duty(handoff, duty)
  if (!row) throw new Error(`no duty ${duty}`)
  return row
}

/** Tuesday 24 November 2026, 12:00 UTC; ten working days on is Tuesday 8 December, over at midnight here. */
const DUE = Date.UTC(2026, 11, 8, 23)
const REMIND = Date.UTC(2026, 11, 6, 23)

describe('rows that no register may have', () => {
  const rows: readonly (readonly [string, ...object[]])[] = [
    ['an unknown member', { ...ANSWER, nobody: 1 }],
    ['an unknown type', { ...ANSWER, starts: { types: ['tip.unknown'] } }],
    ['an unknown role', { ...ANSWER, starts: { ...ANSWER.starts, to: ['wizard'] } }],
    ['a field that the type does not have', { ...VALIDITY, clock: 'data.never' }],
    ['a path to elsewhere', { ...VALIDITY, clock: 'visible.iat' }],
    ['no term and no date', { ...ANSWER, term: null }],
    ['a term that is none', { ...ANSWER, term: 'ten days' }],
    ['a calendar that is not there', { ...ANSWER, calendar: 'XX' }],
    ['nothing that meets it', { ...ANSWER, metBy: undefined }],
    ['a validity that is met', { ...VALIDITY, metBy: ANSWER.metBy }],
    ['erasing by the recipient', { ...ERASE, owner: 'recipient' }],
    ['a clock that stands for good', { ...ANSWER, restartedBy: undefined }],
    ['a clock that is set and restarts', { ...ANSWER, clock: 'toExchange.reviewAt' }],
    [
      'a choice among acknowledgements',
      { ...ANSWER, metBy: { relation: 'acknowledged', types: ['tip.feedback'] } },
    ],
    ['two rows at one time', ANSWER, ANSWER],
  ]
  it.each(rows.map(([name, ...given]) => [name, given] as const))('%s', (_name, given) =>
    expect(() => law(...given)).toThrow(/OPS_CONTROL/),
  )
})

describe('what begins no duty', () => {
  it('another type, another role, a value that is not there, a row not in force', async () => {
    const rows = [
      { ...ANSWER, duty: 'a', starts: { types: ['tip.feedback'] } },
      { ...ANSWER, duty: 'b', starts: { types: ['tip.followup.question'], to: ['police-nl'] } },
      { ...ANSWER, duty: 'c', starts: { ...ANSWER.starts, when: { 'data.questionId': ['Q-2'] } } },
      { ...ANSWER, duty: 'd', until: '2026-11-24' },
      { ...ANSWER, duty: 'e', from: '2026-11-25' },
      { ...ANSWER, duty: 'f', awaits: undefined, restartedBy: undefined, clock: 'toExchange.reviewAt' },
      { ...ANSWER, duty: 'g', starts: { ...ANSWER.starts, when: { 'terms.purpose': ['intake'] } } },
    ]
    const { answer } = await asked(under(...rows))
    expect(said(answer)).toEqual([])
  })

  it('a refused hand-off, but for the copy that is there all the same', async () => {
    const exchange = under(ANSWER, { ...ERASE, duty: 'purge' })
    const { answer, row } = await asked(exchange, {
      to: [{ to: 'ecpat/meldpunt', purpose: 'intake', basis: 'uavg-33' }],
    })
    expect(row.state).toBe('refused')
    expect(said(answer)).toEqual(['purge started 2026-11-26T12:00:00.000Z'])
  })
})

describe('an answer in time', () => {
  it('begins with the hand-off, which tells its recipient; each change is a leaf', async () => {
    const exchange = under(ANSWER)
    const { answer, question } = await asked(exchange)
    expect(said(answer)).toEqual(['answer started 2026-12-08T23:00:00.000Z'])
    expect(answer.outcome.leaves).toHaveLength(2)
    const { label } = await exchange.read(answer.outcome, question)
    expect(JSON.stringify(label)).toContain('answer-by:2026-12-08T23:00:00.000Z')
    expect(dutyOf(exchange, question)).toMatchObject({
      state: 'open',
      dueAt: DUE,
      remindAt: REMIND,
      next: REMIND,
    })
  })

  it('is met by it, even when only a moment is left, after one reminder', async () => {
    const exchange = under(ANSWER)
    const { question } = await asked(exchange)
    await acknowledge(exchange, question)
    exchange.at = REMIND - 1
    expect(exchange.fold.dueDuties(exchange.at, 9)).toEqual([])
    exchange.at = REMIND
    expect(said(await exchange.tickDuties())).toEqual(['answer reminded 2026-12-08T23:00:00.000Z'])
    exchange.at = DUE - 1
    expect(exchange.fold.dueDuties(exchange.at, 9)).toEqual([])
    const answered = await reply(exchange, question)
    expect(said(answered)).toEqual(['answer met'])
    const row = dutyOf(exchange, question)
    expect(row).toMatchObject({ state: 'met', reminded: true, next: null, by: answered.rows[0]?.handoff })
  })

  it('is not met by what answers something else, goes to somebody else, or is of another type', async () => {
    const exchange = under(ANSWER)
    const { question } = await asked(exchange)
    const other = (await asked(exchange)).question
    expect(said(await reply(exchange, other))).toEqual(['answer met'])
    const tip = {
      ...story.tip(),
      toExchange: { ...story.tip().toExchange, subject: question as never, inReplyTo: question },
    }
    const sent = await exchange.send(tip)
    expect([sent.code, said(sent)]).toEqual([null, []])
    expect(dutyOf(exchange, question).state).toBe('open')
    expect(dutyOf(exchange, other).state).toBe('met')
  })
})

describe('an answer too late', () => {
  it('is missed when its time has come, and then met late: the answer is permitted', async () => {
    const exchange = under(ANSWER)
    const { question } = await asked(exchange)
    await acknowledge(exchange, question)
    exchange.at = DUE
    expect(said(await exchange.tickDuties())).toEqual(['answer missed'])
    expect(exchange.fold.nextDuty()).toBeUndefined()
    exchange.at = DUE + DAY
    const answered = await reply(exchange, question)
    expect([said(answered), answered.rows[0]?.state]).toEqual([['answer late'], 'sealed'])
    expect(said(await reply(exchange, question, 'Toch groen'))).toEqual([])
  })

  it('a clock that slept past both says the last only', async () => {
    const exchange = under(ANSWER)
    await asked(exchange)
    exchange.at = DUE + 30 * DAY
    expect(said(await exchange.tickDuties())).toEqual(['answer missed'])
  })
})

describe('a clock that stands', () => {
  it('until the other side has told the owner; then the whole term again', async () => {
    const exchange = under(ANSWER)
    const { question } = await asked(exchange)
    await acknowledge(exchange, question)
    exchange.at = DUE - DAY
    await exchange.tickDuties()
    expect(said(await reply(exchange, question, 'Wie?'))).toEqual(['answer awaiting identity'])
    expect(dutyOf(exchange, question)).toMatchObject({ state: 'awaiting', awaits: 'identity', next: null })
    exchange.at = DUE + 3 * DAY
    expect(exchange.fold.dueDuties(exchange.at, 9)).toEqual([])
    const feedback = await exchange.send({
      ...story.feedback(),
      toExchange: { ...story.feedback().toExchange, subject: question as never },
    })
    // It is Saturday 12 December here, and Christmas Day is free.
    expect(said(feedback)).toEqual(['answer restarted 2026-12-28T23:00:00.000Z'])
    expect(dutyOf(exchange, question)).toMatchObject({ state: 'open', awaits: null, reminded: false })
    expect(said(await reply(exchange, question))).toEqual(['answer met'])
  })
})

describe('the end of a hand-off', () => {
  it('withdraws what nobody can meet any more: it expired unread', async () => {
    const exchange = under(ANSWER)
    const { question } = await asked(exchange)
    exchange.at = NOW + 7 * DAY
    expect(said(await exchange.expire())).toEqual(['answer withdrawn'])
    expect(dutyOf(exchange, question)).toMatchObject({ state: 'withdrawn', next: null })
  })

  it('erasing what was read does not: the answer is still owed', async () => {
    const exchange = under(ANSWER)
    const { question } = await asked(exchange)
    await acknowledge(exchange, question)
    expect(said(await exchange.erase(question, 'message'))).toEqual([])
    expect(dutyOf(exchange, question).state).toBe('open')
  })

  it('a row that is gone lays nothing on anybody: withdrawn at its time, and nothing meets it', async () => {
    const exchange = under(ANSWER)
    const { question } = await asked(exchange)
    await acknowledge(exchange, question)
    exchange.epoch = law(ERASE)
    expect(said(await reply(exchange, question))).toEqual([])
    exchange.at = DUE
    expect(said(await exchange.tickDuties())).toEqual(['answer withdrawn'])
  })

  it('a row that ended since still holds for what began under it', async () => {
    const exchange = under(ANSWER)
    const { question } = await asked(exchange)
    await acknowledge(exchange, question)
    exchange.epoch = law({ ...ANSWER, until: '2026-11-25' }, { ...ANSWER, from: '2026-11-25', term: 'P1WD' })
    exchange.at = NOW + DAY
    expect(said(await reply(exchange, question))).toEqual(['answer met'])
  })
})

describe('the copy of the exchange', () => {
  it('is erased at its time, and what nobody has read is recalled', async () => {
    const exchange = under(ERASE)
    const { question, row } = await asked(exchange)
    exchange.at = NOW + 2 * DAY - 1
    expect(exchange.fold.dueDuties(exchange.at, 9)).toEqual([])
    expect(await exchange.keys.get(row.contentKey ?? '')).toBeDefined()
    exchange.at = NOW + 2 * DAY
    const tick = await exchange.tickDuties()
    expect(said(tick)).toEqual(['purge met'])
    expect(tick.outcome.effects.map((effect) => effect.kind)).toEqual(['erased', 'state'])
    expect(await exchange.keys.get(row.contentKey ?? '')).toBeUndefined()
    expect(exchange.fold.handoff(question)).toMatchObject({ state: 'recalled', content: 'erased' })
  })

  it('erased before by order: there is nothing left to do', async () => {
    const exchange = under(ERASE)
    const { question } = await asked(exchange)
    expect(said(await exchange.erase(question, 'case'))).toEqual(['purge met'])
    expect(exchange.fold.nextDuty()).toBeUndefined()
  })

  it('a hand-off that expired leaves a copy, which goes all the same', async () => {
    const exchange = under({ ...ERASE, term: 'P30D' })
    const { question } = await asked(exchange)
    exchange.at = NOW + 7 * DAY
    expect(said(await exchange.expire())).toEqual([])
    exchange.at = NOW + 31 * DAY
    expect(said(await exchange.tickDuties())).toEqual(['purge met'])
    expect(exchange.fold.handoff(question)?.content).toBe('erased')
  })
})

describe('validity', () => {
  const alert = (validUntil: string, over: Partial<Sent> = {}): Sent => {
    const draft = story.alert()
    return { ...draft, data: { ...draft.data, windowUntil: validUntil, validUntil }, ...over }
  }

  it('is over at its time: no fault of anybody', async () => {
    const exchange = under(VALIDITY)
    const sent = await exchange.send(alert('2026-11-26T11:00:00Z'))
    expect([sent.code, said(sent)]).toEqual([null, ['alert started 2026-11-26T11:00:00.000Z']])
    exchange.at = Date.UTC(2026, 10, 26, 11)
    expect(said(await exchange.tickDuties())).toEqual(['alert ended'])
  })

  it('ends sooner when another takes its place', async () => {
    const exchange = under(VALIDITY)
    const first = await exchange.send(alert('2026-11-26T11:00:00Z'))
    const old = first.rows[0]?.handoff
    if (!old) throw new Error('no hand-off')
    const toExchange = { ...story.alert().toExchange, supersedes: old }
    const second = await exchange.send(alert('2026-11-27T11:00:00Z', { toExchange }))
    expect(said(second)).toEqual(['alert started 2026-11-27T11:00:00.000Z', 'alert ended'])
  })
})
