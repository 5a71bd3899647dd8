import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DeskStage, FACTS, REPORTER, SUSPECT } from '../support/desk-stage.ts'
import { startStory } from './story-run.ts'

let stage: DeskStage
beforeAll(async () => {
  stage = new DeskStage(await startStory())
})
afterAll(async () => {
  await stage.close()
  await stage.run.close()
})

const toTbkk = () => `to:${stage.run.stage.urnOf('tbkk/zaken')}`

describe('a desk refuses', () => {
  it('pages of the other role, and types that do not exist or that nothing permits', async () => {
    const ecpat = await stage.desk('ecpat/meldpunt')
    const [clerk, approver] = [ecpat.cookie('mp-11', 'desk'), ecpat.cookie('mp-12', 'approver')]
    expect((await ecpat.get('/approvals', clerk)).status).toBe(403)
    for (const path of ['/in', '/out', '/waiting', '/compose', '/compose/tip.ngo.forwarded'])
      expect([path, (await ecpat.get(path, approver)).status]).toEqual([path, 403])
    expect((await ecpat.get('/compose/no.such.type', clerk)).status).toBe(404)
    const choose = (await ecpat.get('/compose', clerk)).body
    const offers = (type: string) => choose.includes(`value="${type}"`)
    expect([offers('tip.ngo.forwarded'), offers('vog.decision')]).toEqual([true, false])
  })

  it('what is missing or malformed, by its pointer, and sends nothing', async () => {
    const ecpat = await stage.desk('ecpat/meldpunt')
    const cookie = ecpat.cookie('mp-11', 'desk')
    const wrong = {
      ...stage.tip(),
      '/data/country': 'Filipijnen',
      '/data/observedAt': '2026-02-30T10:00',
      '/context/regime': '',
    }
    for (const step of ['preview', 'send']) {
      const page = await ecpat.post('/compose/tip.ngo.forwarded', cookie, { ...wrong, step })
      expect(page.status).toBe(400)
      for (const pointer of ['/data/country', '/data/observedAt', '/context/regime'])
        expect([pointer, page.body.includes(`href="#${pointer}"`)]).toEqual([pointer, true])
      expect(page.body).toContain(FACTS)
    }
    const nobody = { ...stage.tip(), [toTbkk()]: 'wpg-16 intake', step: 'send' }
    const page = await ecpat.post('/compose/tip.ngo.forwarded', cookie, nobody)
    expect([page.status, page.body.includes('href="#/terms"')]).toEqual([400, true])
    expect(ecpat.store.sent(9)).toEqual([])
    const many = Object.fromEntries(Array.from({ length: 140 }, (_, index) => [`x${index}`, '']))
    const full = await ecpat.post('/compose/tip.ngo.forwarded', cookie, {
      ...stage.tip(),
      ...many,
      more: '/data/x',
    })
    expect([full.status, full.body.includes(FACTS)]).toEqual([400, true])
  })
})

describe('a desk at each end', () => {
  it('composes, shows the verdict, is read at the other end and acknowledged there', async () => {
    const [ecpat, tbkk] = [await stage.desk('ecpat/meldpunt'), await stage.desk('tbkk/zaken')]
    const sent = await stage.compose('ecpat/meldpunt', 'mp-11', 'tip.ngo.forwarded', stage.tip())
    const clerk = ecpat.cookie('mp-11', 'desk')
    await ecpat.until(sent.path, clerk, (body) => body.includes('badge-permit-redacted'))
    const [row] = ecpat.store.sent(1)
    const handoff = row?.status.handoffs[0]?.handoff ?? ''
    const again = await ecpat.post('/compose/tip.ngo.forwarded', clerk, { ...sent.carried, step: 'send' })
    expect([again.status, ecpat.store.sent(9).length]).toEqual([303, 1])

    const reader = tbkk.cookie('rech-21', 'desk')
    await tbkk.until('/in', reader, (body) => body.includes(`/in/${handoff}`))
    const page = (await tbkk.get(`/in/${handoff}?lang=en`, reader)).body
    expect(page).toContain(FACTS)
    for (const hidden of [REPORTER, 'reporterContact']) expect(page).not.toContain(hidden)
    expect((await tbkk.get(`/approvals/${handoff}`, tbkk.cookie('x', 'approver'))).status).toBe(404)
    expect((await tbkk.post(`/in/${handoff}/acknowledge`, reader, {})).status).toBe(303)
    await ecpat.until(sent.path, clerk, (body) => body.includes('state-delivered'))
  })

  it('answers with the label as evidence, and removes what served its purpose', async () => {
    const tbkk = await stage.desk('tbkk/zaken')
    const reader = tbkk.cookie('rech-21', 'desk')
    const { handoff = '' } = tbkk.store.received(1)[0] ?? {}
    const query = `inReplyTo=${handoff}&evidence=${handoff}`
    const form = await tbkk.get(`/compose/tip.followup.question?${query}`, reader)
    expect(form.body).toContain(`<option value="${handoff}" selected>`)
    const sent = await stage.compose('tbkk/zaken', 'rech-21', 'tip.followup.question', {
      [`to:${stage.run.stage.urnOf('ecpat/meldpunt')}`]: 'no-personal-data follow-up',
      '/data/tipRef': 'TIP-2026-0099',
      '/data/questionId': 'Q-1',
      '/data/question': 'Welke kleur had het hek van het hotel?',
      '/context/regime': 'GDPR',
      '/context/handling': 'GREEN',
      '/subject': handoff,
      [`evidence:${handoff}`]: 'yes',
      '/freeTextReviewed': 'yes',
      '/preparedBy/role': 'rechercheur',
    })
    await tbkk.until(sent.path, reader, (body) => body.includes('badge-permit'))
    expect((await tbkk.post(`/in/${handoff}/remove`, reader, {})).status).toBe(303)
    expect((await tbkk.get(`/in/${handoff}`, reader)).body).not.toContain(FACTS)
  })
})

describe('an approver', () => {
  it('reads what would be shown, and answers with a reason; then, and not before, it goes', async () => {
    const tbkk = await stage.desk('tbkk/zaken')
    const clerk = tbkk.cookie('rech-21', 'desk')
    const sent = await stage.compose(
      'tbkk/zaken',
      'rech-21',
      'police.ngo.disclosure',
      stage.disclosure('CONCEPT-W19-TEST-9'),
    )
    await tbkk.until(sent.path, clerk, (body) => body.includes('badge-hold'))
    expect((await tbkk.get('/waiting', clerk)).body).toContain(sent.path)
    const { handoff: held = '' } = tbkk.store.sentOne(sent.carried['id'] ?? '')?.status.handoffs[0] ?? {}

    const om = await stage.question('om-lp/parket', 'ovj-41')
    const question = (await om.at.get(om.path, om.cookie)).body
    for (const shown of [SUSPECT, 'Reist vaak', 'CONCEPT-W19-TEST-9', held]) expect(question).toContain(shown)
    for (const answer of [{ decision: 'approve' }, { reason: 'x' }, { decision: 'maybe', reason: 'x' }, {}])
      expect((await om.at.post(om.path, om.cookie, { role: 'OVJ', ...answer })).status).toBe(400)
    expect(om.at.store.answers(9)).toEqual([])
    const clerkOfOm = om.at.cookie('griffie-1', 'desk')
    const inside = (await om.at.get(om.path.replace('/approvals/', '/in/'), clerkOfOm)).body
    expect([inside.includes(SUSPECT), (await om.at.get(om.path, clerkOfOm)).status]).toEqual([false, 403])
    const yes = { decision: 'approve', reason: 'Het belang weegt op', role: 'OVJ' }
    expect((await om.at.post(om.path, om.cookie, yes)).status).toBe(303)
    expect((await om.at.post(om.path, om.cookie, yes)).status).toBe(409)
    expect((await om.at.get('/approvals', om.cookie)).body).toContain('Het belang weegt op')

    const mandate = await stage.question('tbkk/mandaat', 'mandaat-71')
    const granted = { decision: 'approve', reason: 'Besloten', role: 'MANDAATHOUDER' }
    expect((await mandate.at.post(mandate.path, mandate.cookie, granted)).status).toBe(303)
    await tbkk.until(
      sent.path,
      clerk,
      (body) => body.includes('badge-permit') && !body.includes('badge-hold'),
    )
    const tdh = await stage.desk('tdh/veldwerk')
    const field = tdh.cookie('veld-1', 'desk')
    await tdh.until('/in', field, (body) => body.includes(`/in/${held}`))
    const got = (await tdh.get(`/in/${held}`, field)).body
    expect([got.includes(SUSPECT), got.includes('CONCEPT-W19-TEST-9')]).toEqual([true, false])
  })

  it('who refuses ends it; who prepared the message does not count', async () => {
    const tbkk = await stage.desk('tbkk/zaken')
    const clerk = tbkk.cookie('rech-21', 'desk')
    const fields = stage.disclosure('CONCEPT-W19-TEST-10')
    const sent = await stage.compose('tbkk/zaken', 'rech-21', 'police.ngo.disclosure', fields)
    const self = await stage.question('tbkk/mandaat', 'rech-21')
    const granted = { decision: 'approve', reason: 'zelf', role: 'MANDAATHOUDER' }
    expect((await self.at.post(self.path, self.cookie, granted)).status).toBe(303)
    await stage.run.settled()
    expect((await tbkk.get(sent.path, clerk)).body).toContain('badge-hold')
    const om = await stage.question('om-lp/parket', 'ovj-41')
    // A desk that sent the message itself knows who prepared it, and says so before anybody signs.
    const [sentByTbkk] = tbkk.store.sent(1)
    if (sentByTbkk) om.at.store.putSent(sentByTbkk)
    const preparer = om.at.cookie('rech-21', 'approver')
    expect((await om.at.post(om.path, preparer, { ...granted, role: 'OVJ' })).status).toBe(409)
    expect((await om.at.get(om.path, preparer)).body).not.toContain('name="decision"')
    const no = { decision: 'refuse', reason: 'Belang onvoldoende', role: 'OVJ' }
    expect((await om.at.post(om.path, om.cookie, no)).status).toBe(303)
    await tbkk.until(sent.path, clerk, (body) => body.includes('state-refused'))
  })
})

describe('the memory of a desk', () => {
  it('holds nothing readable of any message, and nothing went wrong', async () => {
    for (const [ref, { failures }] of stage.desks) {
      for (const suffix of ['', '-wal']) {
        const bytes = await readFile(`${stage.pathOf(ref)}${suffix}`).catch(() => Buffer.alloc(0))
        for (const secret of [REPORTER, FACTS, SUSPECT, 'Reist vaak', 'Cebu'])
          expect([ref, suffix, secret, bytes.includes(secret)]).toEqual([ref, suffix, secret, false])
      }
      expect([ref, failures]).toEqual([ref, []])
    }
    expect((await stage.run.fsck()).problems).toEqual([])
  })
})
