/** What a partner, an approver or an operator in bad faith tries on the whole way of a message (design §3, §5, §7). */
import { describe, expect, it } from 'vitest'
import { openArchive } from '#core/handoff/archive.ts'
import type { HandoffId, Oin } from '#core/ids.ts'
import { caseRef, PARTITION, RealExchange, realEpoch, type Sent } from '../../support/real-exchange.ts'
import { story } from '../../support/story-messages.ts'
import { NOW } from '../../support/verified-message.ts'

const GDPR = {
  regime: 'GDPR',
  wpgClass: null,
  evaluation: null,
  personCategory: null,
  factOrOpinion: null,
} as const

const stateOf = (exchange: RealExchange, handoff: HandoffId) => exchange.fold.handoff(handoff)?.state

/** A disclosure under Wpg 19, held for two approvals. */
async function heldDisclosure(exchange: RealExchange, over: Partial<Sent> = {}) {
  const answer = await exchange.send({ ...story.disclosure(true), ...over })
  const held = answer.rows.find((row) => row.state === 'held')
  if (!held) throw new Error(`not held: ${answer.code} ${answer.rows.map((row) => row.state)}`)
  return { answer, held: held.handoff }
}

async function requestFor(exchange: RealExchange, held: HandoffId, guard: string) {
  const row = exchange.fold.asking(held).find((one) => one.asks?.guard === guard)
  if (!row) throw new Error(`nobody was asked about ${guard}`)
  return row
}

interface Approval {
  readonly from: string
  readonly guard: string
  readonly actor: string
  readonly role: string
  readonly over?: Partial<Sent>
  readonly data?: Readonly<Record<string, unknown>>
}

async function approve(exchange: RealExchange, held: HandoffId, approval: Approval) {
  const request = await requestFor(exchange, held, approval.guard)
  return exchange.send({
    type: 'approval.given',
    from: approval.from,
    to: [],
    data: {
      handOff: held,
      digest: request.sdHash,
      guard: approval.guard,
      until: new Date(exchange.at + 86_400_000).toISOString(),
      granted: true,
      actor: approval.actor,
      role: approval.role,
      ...approval.data,
    },
    context: GDPR,
    toExchange: { subject: request.handoff as never },
    ...approval.over,
  })
}

const OVJ = { from: 'om-lp/parket', guard: 'wpg19-ovj', actor: 'ovj-4', role: 'OVJ' }
const MANDATE = { from: 'tbkk/mandaat', guard: 'wpg19-controller', actor: 'mandaat-1', role: 'MANDAATHOUDER' }

describe('approvals', () => {
  it('two competent approvals permit', async () => {
    const exchange = new RealExchange()
    const { held } = await heldDisclosure(exchange)
    expect((await approve(exchange, held, OVJ)).code).toBeNull()
    expect(stateOf(exchange, held)).toBe('held')
    expect((await approve(exchange, held, MANDATE)).code).toBeNull()
    expect(stateOf(exchange, held)).toBe('sealed')
  })

  it('whoever prepared it does not approve it', async () => {
    const exchange = new RealExchange()
    const { held } = await heldDisclosure(exchange)
    await approve(exchange, held, OVJ)
    await approve(exchange, held, { ...MANDATE, actor: 'rech-21' })
    expect(stateOf(exchange, held)).toBe('held')
  })

  it('nor by sending the approval in another case, where the same person has another digest', async () => {
    const exchange = new RealExchange()
    const { held } = await heldDisclosure(exchange)
    await approve(exchange, held, OVJ)
    const other = { over: { toExchange: { subject: caseRef(7) as never } } }
    const answer = await approve(exchange, held, { ...MANDATE, actor: 'rech-21', ...other })
    expect(answer.code).toBe('MSG_APPROVAL')
    expect(stateOf(exchange, held)).toBe('held')
  })
})

describe('message ids are the sender’s own', () => {
  const ID = '11111111-2222-4333-8444-555555555555'

  /** The NGO was sent a message of this case, so it knows the message id and may continue the case. */
  async function sharedCase(exchange: RealExchange) {
    const { held } = await heldDisclosure(exchange, { id: ID })
    const question = await exchange.send({
      ...story.question(),
      toExchange: { freeTextReviewed: { actor: 'x' } },
    })
    const [row] = question.rows
    if (row?.state !== 'sealed') throw new Error('no question')
    const tip = await exchange.send({
      ...story.tip(),
      id: ID,
      toExchange: { ...story.tip().toExchange, subject: row.handoff as never },
    })
    return { held, tip }
  }

  it('another partner’s message with the same id does not touch a held one', async () => {
    const exchange = new RealExchange()
    const { held, tip } = await sharedCase(exchange)
    expect(tip.code).toBeNull()
    await approve(exchange, held, OVJ)
    expect((await approve(exchange, held, MANDATE)).code).toBeNull()
    expect(stateOf(exchange, held)).toBe('sealed')
  })

  it('nor does the sender’s own, used again after it was forgotten, while the first is still held', async () => {
    const exchange = new RealExchange()
    const first = await heldDisclosure(exchange, { id: ID })
    exchange.at += 3 * 86_400_000
    await exchange.send(story.feedback())
    const second = await heldDisclosure(exchange, {
      id: ID,
      toExchange: { ...story.disclosure(true).toExchange, subject: caseRef(5) as never },
    })
    for (const { held } of [first, second]) {
      await approve(exchange, held, OVJ)
      await approve(exchange, held, MANDATE)
      expect(stateOf(exchange, held)).toBe('sealed')
    }
  })

  it('nor is it erased with it', async () => {
    const exchange = new RealExchange()
    const { held, tip } = await sharedCase(exchange)
    await exchange.erase(held, 'message')
    expect(exchange.fold.handoff(held)?.content).toBe('erased')
    expect(tip.rows.map((row) => exchange.fold.handoff(row.handoff)?.content)).toEqual(['present'])
  })
})

describe('what only the exchange sends', () => {
  it('a partner cannot ask for an approval', async () => {
    const exchange = new RealExchange()
    const answer = await exchange.send({
      type: 'approval.requested',
      from: 'tbkk/zaken',
      to: [{ to: 'om-lp/parket', purpose: 'approval', basis: 'wpg-16' }],
      data: {
        handOff: 'ho-3-7-0011223344556677',
        guard: 'wpg19-ovj',
        ask: 'everything that no guard looks at',
        until: new Date(NOW + 3_600_000).toISOString(),
      },
    })
    expect(answer.code).toBe('MSG_SCOPE')
    expect(answer.rows).toEqual([])
  })
})

describe('sweeps', () => {
  it('a held message whose evidence was withdrawn is recalled, and the sweep goes on', async () => {
    const exchange = new RealExchange()
    const risk = await exchange.send(story.risk())
    const [row] = risk.rows
    if (!row) throw new Error('no risk assessment')
    const label = (await exchange.read(risk.outcome, row.handoff)).evidence
    const request = story.request()
    const held = await exchange.send({
      ...request,
      toExchange: { ...request.toExchange, evidence: [label], subject: row.handoff as never },
    })
    expect(held.rows.map((one) => one.state)).toEqual(['held'])
    const other = await heldDisclosure(exchange)
    await exchange.sweep(realEpoch({ withdrawnLabels: new Set([row.handoff]) }))
    expect(held.rows.map((one) => stateOf(exchange, one.handoff))).toEqual(['recalled'])
    expect(stateOf(exchange, other.held)).toBe('held')
  })

  it('a held message whose signing certificate has run out meanwhile can still be asked again', async () => {
    const exchange = new RealExchange()
    const { held } = await heldDisclosure(exchange)
    exchange.at += 86_400_000
    const epoch = realEpoch()
    await exchange.sweep(epoch)
    expect(stateOf(exchange, held)).toBe('held')
  })
})

describe('a recipient that cannot be reached any more', () => {
  it('a hold that would now be permitted is recalled when nothing can be sealed to its recipient', async () => {
    const exchange = new RealExchange()
    const { held } = await heldDisclosure(exchange)
    await approve(exchange, held, OVJ)
    const gone = new Map(
      [...exchange.epoch.certificates].filter(
        ([, one]) => one.use !== 'seal' || one.oin !== '00000099000000001100',
      ),
    )
    exchange.epoch = { ...exchange.epoch, certificates: gone }
    const answer = await approve(exchange, held, MANDATE)
    expect(answer.code).toBeNull()
    expect(stateOf(exchange, held)).toBe('recalled')
    expect(exchange.fold.asking(held).map((row) => row.state)).toEqual(['recalled', 'recalled'])
  })
})

describe('messages to the exchange itself', () => {
  it('supersede nothing', async () => {
    const exchange = new RealExchange()
    const { held } = await heldDisclosure(exchange)
    const request = await requestFor(exchange, held, 'wpg19-ovj')
    const subject = request.handoff as never
    const [decision] = (await exchange.send({ ...story.decision(), toExchange: { subject } })).rows
    if (!decision) throw new Error('no decision')
    const toExchange = { subject, supersedes: decision.handoff }
    const answer = await approve(exchange, held, { ...OVJ, data: { granted: false }, over: { toExchange } })
    expect(answer.code).toBe('MSG_SUPERSEDES')
    expect([stateOf(exchange, held), stateOf(exchange, decision.handoff)]).toEqual(['held', 'sealed'])
  })
})

describe('a stale CRL', () => {
  it('stops the line: nothing is verified, nothing refused', async () => {
    const exchange = new RealExchange()
    const inbound = exchange.inbound(story.tip())
    exchange.epoch = { ...exchange.epoch, crlUntil: exchange.at }
    await expect(exchange.put(inbound)).rejects.toMatchObject({ code: 'OPS_CONTROL' })
    exchange.epoch = { ...exchange.epoch, crlUntil: exchange.at + 1 }
    expect((await exchange.put(inbound)).code).toBeNull()
  })

  it('a held message is not asked again under it', async () => {
    const exchange = new RealExchange()
    await heldDisclosure(exchange)
    await expect(exchange.sweep(realEpoch({ crlUntil: exchange.at }))).rejects.toMatchObject({
      code: 'OPS_CONTROL',
    })
  })
})

describe('an approver learns what it is asked, no more', () => {
  it('the label of a request carries no facts: what is held has not been asserted to anybody', async () => {
    const exchange = new RealExchange()
    const { answer, held } = await heldDisclosure(exchange)
    const request = await requestFor(exchange, held, 'wpg19-ovj')
    const read = await exchange.read(answer.outcome, request.handoff)
    expect(read.label.approval?.handOff).toBe(held)
    expect(Object.keys(read.data).sort()).toEqual(['conditions', 'decision', 'items', 'suspectName'])
    expect(read.terms?.to).toContain('00000099000000001100')
  })
})

describe('an approval covers what was shown to the approver', () => {
  it('not what comes into view only by the approval itself', async () => {
    const veil = `
@set("hide") @id("test-veil") @hide("items") @reason("FIELD_FORBIDDEN") @article("Test") @source("test") @verified("true")
@nl("Pas na akkoord.") @en("Only once approved.")
forbid (principal, action == Action::"police.ngo.disclosure", resource)
unless { context.facts.approved.contains(Guard::"wpg19-controller") };
`
    const change = { 'contracts/legal/wpg-19.cedar': (text: string) => text + veil }
    const exchange = new RealExchange(realEpoch({}, change))
    const { held } = await heldDisclosure(exchange)
    await approve(exchange, held, OVJ)
    expect((await approve(exchange, held, MANDATE)).code).toBeNull()
    expect(stateOf(exchange, held)).toBe('held')
  })
})

describe('imagery', () => {
  const PICTURE = Buffer.concat([Buffer.from('ffd8ffe000104a464946', 'hex'), Buffer.alloc(60, 1)]).toString(
    'base64',
  )
  const tip = story.tip()
  const withPicture = { ...tip, data: { ...tip.data, facts: PICTURE } }

  it('is not kept, whatever else is wrong with the message', async () => {
    const exchange = new RealExchange()
    const broken = (sdJwt: string) => sdJwt.replace(/\.[^.~]+~/, `.${'A'.repeat(86)}~`)
    const surplus = (sdJwt: string) => `${sdJwt}!~`.replace('!', Buffer.from('{').toString('base64url'))
    for (const tamper of [broken, surplus]) {
      const kept = await exchange.send({ ...tip, tamper })
      expect(kept.outcome.answer.kind).toBe('refused')
      expect(kept.outcome.archive).not.toBeNull()
      const forgotten = await exchange.send({ ...withPicture, tamper })
      expect(forgotten.code).toBe(kept.code)
      expect(forgotten.outcome.archive).toBeNull()
    }
    expect((await exchange.send(withPicture)).code).toBe('MSG_CONTENT_PROHIBITED')
  })
})

describe('an erasure', () => {
  it('is ordered once: the same command later takes nothing that came since', async () => {
    const exchange = new RealExchange()
    const first = await exchange.send(story.tip())
    const [row] = first.rows
    if (!row) throw new Error('no hand-off')
    const order = exchange.eraseCommand(row.handoff, 'case')
    expect((await exchange.put(order)).code).toBeNull()
    const later = await exchange.send({
      ...story.tip(),
      toExchange: { ...story.tip().toExchange, subject: row.handoff as never },
    })
    expect((await exchange.put(order)).code).toBe('MSG_ID_REUSED')
    exchange.at += 3 * 86_400_000 + 7_200_000
    await exchange.send(story.feedback())
    expect((await exchange.put(order)).code).toBe('MSG_LATE')
    expect(later.rows.map((one) => exchange.fold.handoff(one.handoff)?.content)).toEqual(['present'])
  })
})

describe('the part of a label that is for the exchange', () => {
  it('has a length that does not count facts or originators', async () => {
    const exchange = new RealExchange()
    for (const [n, sent] of [story.tip(), story.risk(), story.decision()].entries()) {
      const toExchange = { ...sent.toExchange, subject: caseRef(n + 1) as never }
      const { outcome, rows } = await exchange.send({ ...sent, toExchange })
      const [row] = rows
      if (!row) throw new Error('no hand-off')
      const { label } = await exchange.read(outcome, row.handoff)
      expect((Buffer.from(label.sealed, 'base64url').length - 28) % 256).toBe(0)
    }
  })
})

describe('a message whose copies do not fit in one record', () => {
  it('is refused as too large, not parked as a bug of ours', async () => {
    const office =
      '"kantoor": {"roles": ["ngo-field"], "task": null, "regime": "GDPR", "delivery": {"kind": "inbox"}},'
    const change = {
      'contracts/partner/tdh.json': (text: string) => text.replace('"veldwerk":', `${office} "veldwerk":`),
    }
    const exchange = new RealExchange(realEpoch({}, change))
    const disclosure = story.disclosure(true)
    const [terms] = disclosure.to
    if (!terms) throw new Error('no terms')
    const large = { ...disclosure.data, items: Array.from({ length: 62 }, () => 'x'.repeat(2000)) }
    const both = { ...disclosure, to: [terms, { ...terms, to: 'tdh/kantoor' }] }
    expect((await exchange.send({ ...both })).rows.filter((row) => row.state === 'held')).toHaveLength(2)
    const alone = {
      ...disclosure,
      data: large,
      toExchange: { ...disclosure.toExchange, subject: caseRef(3) as never },
    }
    expect((await exchange.send(alone)).code).toBeNull()
    expect((await exchange.send({ ...both, data: large })).code).toBe('MSG_SIZE')
  })
})

describe('police data under another name', () => {
  it('a Wpg basis needs the Wpg regime: else no field would need its class, nor the message its evaluation', async () => {
    const exchange = new RealExchange()
    const alert = story.alert()
    const context = { ...alert.context, wpgClass: null, evaluation: null }
    for (const regime of ['GDPR', 'LED', 'WJSG']) {
      const answer = await exchange.send({ ...alert, context: { ...context, regime } })
      expect(answer.rows.map((row) => row.state)).toEqual(['refused'])
    }
    expect((await exchange.send(alert)).rows.map((row) => row.state)).toEqual(['sealed'])
  })
})

describe('erasing a case', () => {
  it('takes what was refused in it, and says so by its keys alone', async () => {
    const exchange = new RealExchange()
    const tip = story.tip()
    const [row] = (await exchange.send(tip)).rows
    if (!row) throw new Error('no hand-off')
    const toExchange = { ...tip.toExchange, subject: row.handoff as never }
    const wrong = [
      await exchange.send({ ...tip, data: { ...tip.data, tipRef: 7 } }),
      await exchange.send({ ...tip, data: { ...tip.data, tipRef: 7 }, toExchange }),
      // Somebody who has no part in the case.
      await exchange.send({ ...story.risk(), toExchange: { subject: row.handoff as never } }),
    ]
    expect(wrong.map((one) => one.code)).toEqual(['MSG_DATA', 'MSG_DATA', 'MSG_SUBJECT'])
    const readable = async () => {
      const opened = await Promise.all(
        wrong.map(
          ({ outcome }) =>
            outcome.archive &&
            openArchive(exchange.keys, outcome.archive, { partition: PARTITION, seq: outcome.seq }),
        ),
      )
      return opened.filter((one) => one !== undefined).length
    }
    expect(await readable()).toBe(3)
    await exchange.erase(row.handoff, 'case')
    expect(await readable()).toBe(0)
  })
})

describe('a message that waited longer than its intake key lives', () => {
  it('is refused unopened, and does not stop the line for a key that is gone', async () => {
    const exchange = new RealExchange()
    const received = exchange.at
    const day = 86_400_000
    const intakeKeys = exchange.epoch.intakeKeys.map((key) => ({ ...key, until: received + day }))
    exchange.epoch = { ...exchange.epoch, intakeKeys }
    const inbound = exchange.inbound(story.tip())
    exchange.at = received + 8 * day - 1
    exchange.keys.rows.delete('i:intake')
    await expect(exchange.put(inbound, received)).rejects.toMatchObject({ code: 'OPS_KEY' })
    exchange.at = received + 8 * day
    expect((await exchange.put(inbound, received)).code).toBe('MSG_INTAKE_KEY')
  })
})

describe('a case of very many hand-offs', () => {
  it('is not read whole for each message of whoever began it', async () => {
    const exchange = new RealExchange()
    const [row] = (await exchange.send(story.tip())).rows
    if (!row) throw new Error('no hand-off')
    for (let n = 0; n < 200; n += 1) {
      const handoff = `ho-3-9-${n.toString(16).padStart(16, '0')}` as HandoffId
      exchange.fold.putHandoff({ ...row, handoff, state: 'delivered' })
    }
    let rows = 0
    const { ofCase } = exchange.fold
    Object.assign(exchange.fold, {
      ofCase: (ref: string, limit?: number) => {
        const found = ofCase(ref, limit)
        rows += found.length
        return found
      },
    })
    expect((await exchange.send(story.tip())).code).toBeNull()
    expect(rows).toBeLessThan(20)
    expect((await exchange.send(story.risk())).code).toBe('MSG_SUBJECT')
  })
})

describe('an approver that was suspended since', () => {
  it('does not count any more', async () => {
    const exchange = new RealExchange()
    const { held } = await heldDisclosure(exchange)
    await approve(exchange, held, OVJ)
    const om = '00000099000000003000' as Oin
    const partners = new Map(exchange.epoch.partners)
    const partner = partners.get(om)
    if (!partner) throw new Error('no partner')
    exchange.epoch = { ...exchange.epoch, partners: partners.set(om, { ...partner, suspended: true }) }
    expect((await approve(exchange, held, MANDATE)).code).toBeNull()
    expect(stateOf(exchange, held)).toBe('held')
  })
})
