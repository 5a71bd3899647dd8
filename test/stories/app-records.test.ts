import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { replay } from '#services/cli/replay.ts'
import { announceRefusal, askAll, decide, supplyIdentity } from '#services/records/vog-acts.ts'
import { viewFile } from '#services/records/vog-desk.ts'
import { RecordsWorld } from '../support/records-world.ts'

const VOG = { actor: 'vog-92' }
const POST = { actor: 'post-96' }
const JD = { actor: 'jd-94' }
const GROUNDS = 'Een veroordeling in een lidstaat; risico bij werk met kinderen'
const SLOW = 120_000

const CONVICTION = {
  ref: 'DE-REG-TEST-7',
  state: 'DE',
  court: 'Amtsgericht Musterstadt',
  convictedOn: '2019-05-02',
  finalOn: null,
  offences: [
    {
      code: '1011 00',
      national: 'Sexueller Missbrauch von Kindern',
      completion: 'COMPLETED',
      participation: 'PERPETRATOR',
      exempt: false,
      committedOn: null,
    },
  ],
  sanctions: [{ code: '1001 00', national: null, until: null }],
}

const folder = mkdtempSync(join(tmpdir(), 'schakel-records-'))
let world: RecordsWorld
beforeAll(async () => {
  world = await RecordsWorld.start(folder)
}, SLOW)
afterAll(async () => {
  await world.close()
  rmSync(folder, { recursive: true, force: true })
})

const replyOf = (state: string, requestRef: string, personRef: string, change: object) => ({
  requestRef,
  personRef,
  replyingState: state,
  outcome: 'NO_CONVICTIONS',
  convictions: [],
  useLimits: null,
  identityWanted: null,
  ...change,
})

/** Types of what left with the grounds in it; what is older than its transit key nobody opens any more. */
async function withGrounds(): Promise<readonly (string | undefined)[]> {
  const left = await world.run.left()
  expect(left.length).toBeGreaterThan(3)
  return left
    .filter(({ text }) => text.includes('risico bij werk met kinderen'))
    .map(({ handoff }) => world.run.store.view.handoff(handoff as never)?.type)
}

const view = (ref: string) => {
  const found = viewFile(world.records.vog, ref)
  if (!found) throw new Error(`no file ${ref}`)
  return found
}

describe('who may not be asked abroad', () => {
  it(
    'no consent, consent withdrawn, no children: Justis asks the Dutch documentation and nobody else',
    async () => {
      const without = await world.apply({ consent: 'no' })
      const other = await world.apply({ vogProfile: 'OTHER' })
      const withdrawn = await world.apply()
      const sent = await world.records.counter.changeConsent(withdrawn.ref, false, { actor: 'loket-91' })
      expect(sent.verdict).toBe('permit')
      await world.until(() => view(withdrawn.ref).notAbroad === 'consent-withdrawn')
      for (const { ref } of [without, other, withdrawn]) {
        expect((await askAll(world.records.vog, ref, true, VOG)).map(({ verdict }) => verdict)).toEqual([
          'permit',
        ])
        expect(view(ref).questions.map(({ question }) => question.kind)).toEqual(['jd'])
      }
    },
    SLOW,
  )

  it(
    'a consent that is withdrawn while the question is abroad: what comes is not kept',
    async () => {
      const { ref } = await world.apply()
      await askAll(world.records.vog, ref, false, VOG)
      const { id, value } = await world.carried(`${ref}-DE`, 'ms-de/register')
      await world.records.counter.changeConsent(ref, false, { actor: 'loket-91' })
      await world.until(() => view(ref).notAbroad)
      const before = world.run.store.view.recent(1)[0]?.seq
      const said = replyOf('DE', `${ref}-DE`, value.personRef, {
        outcome: 'CONVICTIONS',
        convictions: [CONVICTION],
      })
      expect((await world.records.authority.answerFor(id, 'ecris.reply', said, POST)).verdict).toBe('permit')
      await world.until(() =>
        world.records.authority.ports.drawer
          .all('sentOn')
          .some((one) => one.value.requestRef === `${ref}-DE` && one.value.outcome === 'CONVICTIONS'),
      )
      await world.until(() =>
        world.run.store.view
          .recent(20)
          .some(
            (row) =>
              row.type === 'ecris.reply' &&
              row.to === world.run.stage.urnOf('justis/vog') &&
              row.state === 'delivered' &&
              row.seq !== before,
          ),
      )
      expect(view(ref).answers).toEqual([])
      const none = await decide(world.records.vog, ref, 'NOT_HANDLED', VOG)
      expect(none.verdict).toBe('permit')
    },
    SLOW,
  )
})

describe('a judgment from outside the Union', () => {
  it(
    'is refused by the exchange, and is in no file',
    async () => {
      const { ref } = await world.apply({ nationalities: 'NL', birthCountry: 'NL' })
      const { steps, problems } = await world.run.play('N-11')
      expect(problems).toEqual([])
      expect(steps[0]?.lines.map(({ reasons }) => reasons)).toEqual([['NO_LEGAL_BASIS']])
      expect(view(ref).answers).toEqual([])
      expect(world.records.vog.drawer.all('quarantine')).toEqual([])
    },
    SLOW,
  )
})

let ref = ''
let code = ''
describe('a German applicant, asked about twice', () => {
  it(
    'Germany asks who it is about, and the clock begins anew when it is told',
    async () => {
      const { vog, authority } = world.records
      ;({ ref, code } = await world.apply())
      const sent = await askAll(vog, ref, false, VOG)
      expect(sent.map(({ verdict }) => verdict)).toEqual(['permit', 'permit'])
      const { id, value } = await world.carried(`${ref}-DE`, 'ms-de/register')
      expect(value.obligations.some((one) => one.startsWith('answer-by:'))).toBe(true)
      const duty = async () =>
        (await authority.ports.link.duties(id)).find((one) => one.duty === 'ecris-reply')
      const first = await duty()
      expect(first).toMatchObject({ state: 'open', owner: 'recipient' })
      await world.run.stage.wait?.({ kind: 'for', term: 'P3WD' })
      const wanted = { outcome: 'IDENTITY_INSUFFICIENT', identityWanted: 'vroegere namen' }
      const said = replyOf('DE', `${ref}-DE`, value.personRef, wanted)
      expect((await authority.answerFor(id, 'ecris.reply', said, POST)).verdict).toBe('permit')
      const [answer] = await world.until(() => {
        const { answers } = view(ref)
        return answers.length > 0 && answers
      })
      expect(answer?.data['identityWanted']).toBe('vroegere namen')
      expect(await duty()).toMatchObject({ state: 'awaiting', awaits: 'identity', due: null })
      const identity = { ...view(ref).application.identity, formerNames: 'VOORBEELD-ANDERS' }
      expect((await supplyIdentity(vog, ref, `${ref}-DE`, identity, VOG)).verdict).toBe('permit')
      await world.until(
        () => authority.ports.drawer.get('carried', id)?.identity.formerNames === 'VOORBEELD-ANDERS',
      )
      const again = await duty()
      expect(again?.state).toBe('open')
      expect(Date.parse(again?.due ?? '')).toBeGreaterThan(Date.parse(first?.due ?? ''))
    },
    SLOW,
  )

  it(
    'the reply comes to Justis, and Justid keeps nothing of it',
    async () => {
      const { authority } = world.records
      const { id, value } = await world.carried(`${ref}-DE`, 'ms-de/register')
      const more = { outcome: 'CONVICTIONS', convictions: [CONVICTION] }
      const said = replyOf('DE', `${ref}-DE`, value.personRef, more)
      expect((await authority.answerFor(id, 'ecris.reply', said, POST)).verdict).toBe('permit')
      const [answer] = await world.until(() => {
        const { answers } = view(ref)
        return answers.length > 0 && answers
      })
      expect(answer?.data['convictions']).toEqual([CONVICTION])
      const kept = ['asked', 'sentOn', 'carried', 'other'] as const
      const text = await world.until(() => {
        const all = JSON.stringify(kept.map((kind) => authority.ports.drawer.all(kind)))
        return all.includes('"outcome":"CONVICTIONS"') && all
      })
      expect(text).not.toContain('Amtsgericht')
      expect(text).not.toContain('DE-REG-TEST-7')
    },
    SLOW,
  )
})

describe('the Dutch documentation', () => {
  it(
    'Justid answers about the Dutch documentation',
    async () => {
      const { register } = world.records
      world.judgments.push({
        ref: 'NL-TEST-1',
        origin: 'NL_JUDGMENT',
        decidedOn: '2018-03-01',
        article: 'Sr 310',
        disposal: 'taakstraf',
      })
      const query = await world.until(() =>
        register.queries().find(({ value }) => value.queryRef === `${ref}-JD`),
      )
      const found = await register.found(query.value.identity)
      expect(found.map((one) => one.ref)).toEqual(['NL-TEST-1'])
      expect((await register.answer(query.id, new Set(['NL-TEST-1']), JD)).verdict).toBe('permit')
      await world.until(() => view(ref).answers.some(({ type }) => type === 'vog.jd.extract'))
    },
    SLOW,
  )
})

describe('and refused', () => {
  it(
    'no refusal before the applicant was heard; four weeks become eight',
    async () => {
      const { vog, counter } = world.records
      await expect(decide(vog, ref, 'REFUSED', VOG)).rejects.toThrow()
      const viewsUntil = new Date(world.clock.now() + 14 * 86_400_000).toISOString().slice(0, 10)
      const sent = await announceRefusal(vog, ref, { grounds: GROUNDS, viewsUntil }, VOG)
      expect([sent.verdict, sent.reasons]).toEqual(['permit', []])
      await world.until(() => counter.file(ref)?.announced?.grounds === GROUNDS)
      expect(await withGrounds()).toEqual(['vog.refusal.intended'])
      const duties = await vog.link.duties(view(ref).handoff)
      expect(duties.map(({ duty, state }) => [duty, state])).toEqual([
        ['vog-decision', 'ended'],
        ['vog-decision-refusal', 'open'],
      ])
      await expect(decide(vog, ref, 'REFUSED', VOG)).rejects.toThrow()
    },
    SLOW,
  )

  it(
    'refused: the counter hears no grounds, an employer hears no, what Germany gave is gone everywhere',
    async () => {
      const { vog, counter, authority } = world.records
      await world.run.stage.wait?.({ kind: 'for', term: 'P15D' })
      const sent = await decide(vog, ref, 'REFUSED', VOG)
      expect([sent.verdict, sent.reasons]).toEqual(['permit', []])
      await world.until(() => counter.file(ref)?.outcome === 'REFUSED')
      expect(counter.isIssued(ref, code)).toBe(false)
      expect(view(ref).answers.map(({ type }) => type)).toEqual(['vog.jd.extract'])
      expect(view(ref).decision?.destroyed?.sent.verdict).toBe('permit')
      await world.until(
        () =>
          !authority.ports.drawer.all('asked').some(({ value }) => value.data['requestRef'] === `${ref}-DE`),
      )
      const { handoff } = view(ref).decision?.sent ?? {}
      const [destroy] = await vog.link.duties(handoff ?? '')
      expect([destroy?.duty, destroy?.state]).toEqual(['ecris-destroy', 'met'])
      await expect(decide(vog, ref, 'ISSUED', VOG)).rejects.toThrow()
    },
    SLOW,
  )
})

describe('somebody from a third country, a British national, a state that nobody speaks for', () => {
  it(
    'ECRIS-TCN names Belgium and France: both are asked, with its answer as evidence',
    async () => {
      const { vog, authority } = world.records
      const { ref } = await world.apply({ surname: 'VERZONNEN', nationalities: 'MA', birthCountry: 'MA' })
      await askAll(vog, ref, false, VOG)
      const query = await world.carried(`${ref}-TCN`, 'ecris-tcn/centraal')
      const { personRef } = query.value
      const hit = {
        queryRef: `${ref}-TCN`,
        personRef,
        memberStates: ['BE', 'FR'],
        references: ['TCN-BE-1', 'TCN-FR-1'],
        identityHeld: null,
      }
      expect((await authority.answerFor(query.id, 'ecristcn.hit', hit, POST)).verdict).toBe('permit')
      for (const state of ['BE', 'FR']) {
        const asked = await world.carried(`${ref}-TCN-${state}`, `ms-${state.toLowerCase()}/register`)
        const said = replyOf(state, `${ref}-TCN-${state}`, personRef, {})
        expect((await authority.answerFor(asked.id, 'ecris.reply', said, POST)).verdict).toBe('permit')
      }
      await world.until(() => view(ref).answers.length === 3)
      expect(
        view(ref)
          .answers.map(({ type }) => type)
          .sort(),
      ).toEqual(['ecris.reply', 'ecris.reply', 'ecristcn.hit'])
      expect((await decide(vog, ref, 'ISSUED', VOG)).verdict).toBe('permit')
    },
    SLOW,
  )

  it(
    'the United Kingdom is asked under the trade agreement; issued, and an employer hears yes',
    async () => {
      const { vog, authority, counter } = world.records
      const { ref, code } = await world.apply({ surname: 'FICTIEF', nationalities: 'GB', birthCountry: 'GB' })
      await askAll(vog, ref, false, VOG)
      const asked = await world.carried(`${ref}-GB`, 'uk-ca/register')
      const duties = await authority.ports.link.duties(asked.id)
      expect(duties.map(({ duty, state }) => [duty, state])).toEqual([['uk-reply', 'open']])
      const said = {
        requestRef: `${ref}-GB`,
        personRef: asked.value.personRef,
        outcome: 'NO_CONVICTIONS',
        convictions: [],
        useLimits: null,
      }
      expect((await authority.answerFor(asked.id, 'uk.conviction.reply', said, POST)).verdict).toBe('permit')
      await world.until(() => view(ref).answers.length === 1)
      expect(counter.isIssued(ref, code)).toBe(false)
      expect((await decide(vog, ref, 'ISSUED', VOG)).verdict).toBe('permit')
      await world.until(() => counter.isIssued(ref, code))
      expect(counter.isIssued(ref, 'AAAA-AAAA-AAAA-AAAA')).toBe(false)
    },
    SLOW,
  )

  it(
    'Poland: nobody on this exchange speaks for it, and that is said',
    async () => {
      const { vog, authority } = world.records
      const { ref } = await world.apply({ nationalities: 'PL NL' })
      await askAll(vog, ref, false, VOG)
      const row = await world.until(() =>
        authority.ports.drawer.all('sentOn').find(({ value }) => value.requestRef === `${ref}-PL`),
      )
      expect(row.value.sent.reasons.map((one) => one.code)).toEqual(['NO_CHANNEL'])
    },
    SLOW,
  )
})

describe('a desk that was closed meanwhile', () => {
  it(
    'goes on where it was: what came is there, and nothing is sent twice',
    async () => {
      const { ref } = await world.apply()
      await askAll(world.records.vog, ref, false, VOG)
      const { id, value } = await world.carried(`${ref}-DE`, 'ms-de/register')
      await world.shut()
      await world.open()
      expect(view(ref).questions).toHaveLength(2)
      const said = replyOf('DE', `${ref}-DE`, value.personRef, {})
      expect((await world.records.authority.answerFor(id, 'ecris.reply', said, POST)).verdict).toBe('permit')
      await world.until(() => view(ref).answers.length === 1)
      const rows = world.run.store.view.recent(10_000)
      const keys = rows.map((row) => `${row.message} ${row.to}`)
      expect(new Set(keys).size).toBe(keys.length)
      expect(rows.filter((row) => row.type === 'ecris.request' && row.state === 'refused')).toEqual([])
    },
    SLOW,
  )

  it('nothing that Germany said about a decided application is in any byte of the folder', async () => {
    const bytes = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'latin1'))
    expect(bytes.join('')).toContain('VOORBEELD')
    expect(bytes.join('')).not.toContain('Amtsgericht')
    expect(bytes.join('')).not.toContain('Sexueller')
  })
})

describe('afterwards', () => {
  it(
    'no decision that left has grounds; fsck and replay agree',
    async () => {
      const { run } = world
      expect(await withGrounds()).toEqual([])
      await run.settled()
      expect((await run.fsck()).problems).toEqual([])
      const again = await replay(run.store, {})
      expect([again.differs, again.differing]).toEqual([0, []])
      expect(world.reports).toEqual([])
    },
    SLOW,
  )
})
