import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SchakelError } from '#sdk/sdk-error.ts'
import { makeCode } from '#services/tips/come-back-code.ts'
import { GUESS_LIMITS } from '#services/tips/guess-limit.ts'
import { playIntake, S1_TIP } from '#services/tips/play-intake.ts'
import { askSite } from '../../support/ask-site.ts'
import { TipsHarness } from '../../support/tips-harness.ts'

let tips: TipsHarness
beforeEach(async () => {
  tips = await TipsHarness.start()
})
afterEach(() => tips.close())

const ask = (path: string, form?: Readonly<Record<string, string>>) =>
  askSite(tips.url, path, form ? { form } : {})
const asStaff = (path: string, form?: Readonly<Record<string, string>>) =>
  askSite(tips.url, path, { cookie: tips.staff, ...(form ? { form } : {}) })
const questionOf = (body: string) => /name="question" value="([^"]+)"/.exec(body)?.[1] ?? ''
const firstTip = async () => /\/staff\/tips\/(TIP-[0-9A-F]+)/.exec((await asStaff('/staff')).body)?.[1] ?? ''
const review = { facts: 'Gezien in een hotel.', suspect: '', assessment: 'Geloofwaardig.' }

describe('the form', () => {
  it('keeps nothing of a form that is not in order, and points with imagery elsewhere', async () => {
    const empty = await ask('/', {})
    expect([empty.status, (empty.body.match(/aria-invalid/g) ?? []).length]).toEqual([422, 4])
    const imagery = await ask('/', { ...S1_TIP, facts: 'zie foto.jpg' })
    expect([imagery.status, imagery.body.includes('meldpunt-kinderporno.nl')]).toEqual([422, true])
    expect((await ask('/', { ...S1_TIP, form: 'made-up' })).status).toBe(400)
    expect(await firstTip()).toBe('')
  })

  it('takes as many characters as it says, in any script', async () => {
    const form = /name="form" value="([^"]+)"/.exec((await ask('/')).body)?.[1] ?? ''
    const whole = { ...S1_TIP, form, facts: '\u0E01'.repeat(8_000), suspect: '\u0E01'.repeat(4_000) }
    expect((await ask('/', whole)).status).toBe(200)
  })

  it('leaves nothing on the device: no cookie, no store, no referrer, no field for a file', async () => {
    const { headers, body } = await ask('/?lang=en')
    expect([headers['set-cookie'], headers['cache-control'], headers['referrer-policy']]).toEqual([
      undefined,
      'no-store',
      'same-origin',
    ])
    expect(body).not.toMatch(/type="file"|name="(name|email)"/)
    expect(body).toMatch(/rel="noreferrer noopener" data-leave/)
  })

  it('is one tip however often it is sent, and another with other words', async () => {
    const form = /name="form" value="([^"]+)"/.exec((await ask('/')).body)?.[1] ?? ''
    const code = async (more: object) =>
      /([0-9A-Z]{4}-){5}[0-9A-Z]{4}/.exec((await ask('/', { ...S1_TIP, form, ...more })).body)?.[0]
    const first = await code({})
    expect(await code({})).toBe(first)
    expect(await code({ place: 'Manilla' })).not.toBe(first)
    expect((await asStaff('/staff')).body.match(/\/staff\/tips\//g)).toHaveLength(2)
  })
})

describe('coming back', () => {
  it('tells wrong codes apart only as far as their writing goes, and stops guessing', async () => {
    const { code } = await playIntake(tips.url)
    expect((await ask('/return', { code: 'ABCD' })).status).toBe(422)
    const other = makeCode(new Uint8Array(14).fill(7))
    for (let tries = 0; tries < GUESS_LIMITS.wrong; tries += 1)
      expect((await ask('/return', { code: other })).status).toBe(404)
    expect((await ask('/return', { code })).status).toBe(429)
    tips.now += GUESS_LIMITS.windowMs
    expect((await ask('/return', { code })).body).toContain('data-status="RECEIVED"')
  })

  it('shows nothing of what was told', async () => {
    const { code } = await playIntake(tips.url)
    const { body, headers } = await ask('/return', { code: code.toLowerCase() })
    expect(body).not.toMatch(/Cebu|zwaluw|melder-fictief/)
    expect(headers['set-cookie']).toBeUndefined()
    expect((await ask('/answer')).headers['location']).toBe('/return')
  })
})

describe('the staff', () => {
  it.each(['/staff', '/staff/tips/TIP-0', '/staff/', '/STAFF'])('alone opens %s', async (path) => {
    expect((await ask(path)).status).toBe(303)
    expect((await askSite(tips.url, path, { cookie: tips.stranger })).status).toBe(403)
  })

  it('is at no other spelling of its address, whoever asks', async () => {
    for (const cookie of [undefined, tips.stranger, tips.staff])
      expect((await askSite(tips.url, '/%73taff', cookie === undefined ? {} : { cookie })).status).toBe(404)
  })

  it('cannot forward a tip without an assessment, nor one that is not there', async () => {
    await playIntake(tips.url)
    const ref = await firstTip()
    expect((await asStaff(`/staff/tips/${ref}/forward`, { ...review, assessment: '' })).status).toBe(422)
    expect((await asStaff('/staff/tips/TIP-0/forward', review)).status).toBe(404)
    expect(tips.sent).toEqual([])
  })

  it('forwards once, with the reviewed text and without the contact', async () => {
    await playIntake(tips.url)
    const ref = await firstTip()
    expect((await asStaff(`/staff/tips/${ref}/forward`, review)).status).toBe(303)
    expect((await asStaff(`/staff/tips/${ref}/forward`, review)).status).toBe(409)
    expect((await asStaff(`/staff/tips/${ref}/set-aside`, {})).status).toBe(409)
    expect(tips.sent).toHaveLength(1)
    expect(tips.sent[0]).toMatchObject({
      type: 'tip.ngo.forwarded',
      data: { tipRef: ref, facts: review.facts, contactPolicy: 'HOTLINE_ONLY', reporterContact: null },
      withhold: ['reporterContact'],
      freeTextReviewed: { actor: 'mp-11' },
    })
    expect(JSON.stringify(tips.sent)).not.toMatch(/melder-fictief|zwaluw/)
  })

  it('may mend and send anew what the exchange denied, under another id', async () => {
    await playIntake(tips.url)
    const ref = await firstTip()
    tips.verdict = 'deny'
    await asStaff(`/staff/tips/${ref}/forward`, review)
    expect((await asStaff(`/staff/tips/${ref}`)).body).toContain('data-verdict="deny"')
    tips.verdict = 'permit'
    await asStaff(`/staff/tips/${ref}/forward`, review)
    expect((await asStaff(`/staff/tips/${ref}`)).body).toContain('data-verdict="permit"')
    expect(new Set(tips.sent.map(({ id }) => id)).size).toBe(2)
  })

  it('need not send again what the exchange could not take: it goes out by itself', async () => {
    const { code } = await playIntake(tips.url)
    const ref = await firstTip()
    tips.failure = new SchakelError('OPS_UNREACHABLE', { retryable: true })
    await asStaff(`/staff/tips/${ref}/forward`, review)
    expect((await asStaff(`/staff/tips/${ref}`)).body).toContain('data-verdict="unanswered"')
    expect((await asStaff(`/staff/tips/${ref}/forward`, review)).status).toBe(409)
    tips.failure = undefined
    await tips.tick()
    expect((await asStaff(`/staff/tips/${ref}`)).body).toContain('data-verdict="permit"')
    expect((await ask('/return', { code })).body).toContain('data-status="ASSESSED"')
  })

  it('sets a tip aside', async () => {
    const { code } = await playIntake(tips.url)
    await asStaff(`/staff/tips/${await firstTip()}/set-aside`, {})
    expect((await ask('/return', { code })).body).toContain('data-status="CLOSED"')
    expect(tips.sent).toEqual([])
  })
})

describe('a question of the police', () => {
  const forwarded = async () => {
    const { code } = await playIntake(tips.url)
    const ref = await firstTip()
    await asStaff(`/staff/tips/${ref}/forward`, review)
    return { code, ref }
  }
  const question = (tipRef: string) => ({ tipRef, questionId: 'Q-1', question: 'Welke kleur had het hek?' })

  it('about no tip of ours, or from somebody else, is reported and not acknowledged', async () => {
    const { ref } = await forwarded()
    await tips.receive('tip.followup.question', question('TIP-0'))
    await tips.receive('tip.followup.question', question(ref), 'urn:other')
    await tips.receive('case.registered', { tipRef: ref })
    await tips.receive('tip.feedback', { tipRef: ref, status: 'WON' })
    expect([tips.acknowledged.length, tips.reports.length]).toEqual([0, 4])
    expect(tips.reports.join()).not.toMatch(/Welke kleur|Cebu|WON/)
    expect((await asStaff(`/staff/tips/${ref}`)).body).not.toContain('Welke kleur')
  })

  it('reaches the reporter when it was relayed, once, and the answer goes back when it was read', async () => {
    const { code, ref } = await forwarded()
    const handoff = await tips.receive('tip.followup.question', question(ref))
    await tips.receive('tip.followup.question', question(ref), undefined, handoff)
    expect(tips.acknowledged).toEqual([handoff, handoff])
    expect((await ask('/return', { code })).body).not.toContain('Welke kleur')
    expect((await asStaff(`/staff/questions/${handoff}/pass-on`, {})).status).toBe(422)
    expect((await asStaff(`/staff/questions/${handoff}/relay`, {})).status).toBe(303)
    expect((await asStaff(`/staff/questions/${handoff}/relay`, {})).status).toBe(409)
    const asked = await ask('/return', { code })
    expect(questionOf(asked.body)).toBe(handoff)
    const answer = (text: string) => ask('/answer', { code, question: handoff, [`answer-${handoff}`]: text })
    expect((await answer('')).status).toBe(422)
    expect((await answer('hek.jpg')).status).toBe(422)
    expect((await answer('Het hek was blauw')).status).toBe(200)
    expect((await answer('Nee, groen')).status).toBe(409)
    expect((await ask('/return', { code })).body).not.toContain('blauw')
    const read = { [`answer-${handoff}`]: 'Het hek was blauw' }
    expect((await asStaff(`/staff/questions/${handoff}/pass-on`, read)).status).toBe(303)
    expect((await asStaff(`/staff/questions/${handoff}/pass-on`, read)).status).toBe(409)
    expect(tips.sent[1]).toMatchObject({
      type: 'tip.followup.answer',
      inReplyTo: handoff,
      data: { questionId: 'Q-1', answer: 'Het hek was blauw', reporterContact: null },
      withhold: ['reporterContact'],
      freeTextReviewed: { actor: 'mp-11' },
    })
  })

  it('of another tip cannot be answered with this code', async () => {
    const first = await forwarded()
    const handoff = await tips.receive('tip.followup.question', question(first.ref))
    await asStaff(`/staff/questions/${handoff}/relay`, {})
    const { code } = await playIntake(tips.url, { ...S1_TIP, place: 'Manilla' })
    const form = { code, question: handoff, [`answer-${handoff}`]: 'Blauw' }
    expect((await ask('/answer', form)).status).toBe(409)
  })

  it('feedback moves the reporter’s word forward, never back', async () => {
    const { code, ref } = await forwarded()
    for (const [status, shown] of [
      ['FORWARDED_ABROAD', 'FORWARDED_ABROAD'],
      ['RECEIVED', 'FORWARDED_ABROAD'],
      ['CLOSED', 'CLOSED'],
    ] as const) {
      await tips.receive('tip.feedback', { tipRef: ref, status })
      expect((await ask('/return', { code })).body).toContain(`data-status="${shown}"`)
    }
  })
})

describe('the term', () => {
  it('ends with the tip, its questions and its code gone', async () => {
    const { code } = await playIntake(tips.url)
    tips.now += tips.keepMs - 1
    await tips.tick()
    expect((await ask('/return', { code })).status).toBe(200)
    tips.now += 1
    await tips.tick()
    expect((await ask('/return', { code })).status).toBe(404)
    expect(await firstTip()).toBe('')
  })
})
