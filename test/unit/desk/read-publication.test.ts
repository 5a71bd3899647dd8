import { describe, expect, it } from 'vitest'
import type { TypeForm } from '#sdk/catalogue.ts'
import type { PublishedRoute } from '#sdk/gateway-answers.ts'
import { answerFaults } from '#services/desk/approval-routes.ts'
import { readPublication } from '#services/desk/read-publication.ts'
import { rolesFor } from '#services/desk/start-desk.ts'
import type { ReceivedRow } from '#services/desk/store.ts'

const route = (to: string, purpose = 'intake'): PublishedRoute => ({
  type: 'tip.feedback',
  from: 'urn:a',
  to,
  purpose,
  basis: 'uavg-33',
  rule: 'r',
  article: 'UAVG 33',
  verified: true,
  shows: ['*'],
  obligations: [],
})
const form: TypeForm = {
  name: 'tip.feedback',
  vct: 'nl.schakel.tip.feedback.v1',
  nl: 'x',
  en: 'x',
  toExchange: false,
  answeredBy: null,
  fields: [],
}
const received = [{ handoff: 'ho-1', evidence: 'label-1' } as ReceivedRow]
const routes = [route('urn:b'), route('urn:b', 'feedback'), route('urn:c')]
const input = { form, routes, received, actor: 'mp-11' }
const good = {
  'to:urn:b': 'uavg-33 intake',
  '/context/regime': 'GDPR',
  '/context/handling': 'GREEN',
  '/preparedBy/role': 'staff',
}

describe('a message from a form', () => {
  it('is none without recipient, regime, handling or role', () => {
    const { publication, faults } = readPublication(input, {})
    expect(publication).toBeNull()
    expect(Object.keys(faults).sort()).toEqual([
      '/context/handling',
      '/context/regime',
      '/preparedBy/role',
      '/terms',
    ])
  })

  it('knows no recipient, route or label that was not offered, and nobody else as who prepared it', () => {
    const forged = {
      ...good,
      'to:urn:b': 'wpg-16 intake',
      'to:urn:z': 'uavg-33 intake',
      '/preparedBy/actor': 'other',
      'evidence:ho-9': 'yes',
    }
    expect(readPublication(input, forged).faults).toEqual({ '/terms': 'required' })
    const { publication } = readPublication(input, { ...forged, 'to:urn:c': 'uavg-33 intake' })
    expect(publication).toMatchObject({ to: [{ to: 'urn:c' }], preparedBy: { actor: 'mp-11' }, evidence: [] })
  })

  it('is derived only from labels that go along', () => {
    expect(readPublication(input, { ...good, '/origin': 'derived' }).faults).toEqual({
      '/evidence': 'required',
    })
    const { publication } = readPublication(input, { ...good, '/origin': 'derived', 'evidence:ho-1': 'yes' })
    expect(publication).toMatchObject({ evidence: ['label-1'], origin: ['label-1'] })
  })

  it('belongs to the case of what it answers or supersedes, unless another is named', () => {
    const refs = (more: Record<string, string>) => readPublication(input, { ...good, ...more }).publication
    expect(refs({})).not.toHaveProperty('subject')
    expect(refs({ '/inReplyTo': 'ho-1' })).toMatchObject({ subject: 'ho-1', inReplyTo: 'ho-1' })
    expect(refs({ '/supersedes': 'ho-2', '/subject': 'ho-3' })).toMatchObject({
      subject: 'ho-3',
      supersedes: 'ho-2',
    })
  })

  it('takes dates as the start of a Dutch day, and nothing else for a date', () => {
    const dates = { '/reviewAt': '2026-07-01', '/context/retainUntil': '2027-01-01' }
    const { publication } = readPublication(input, { ...good, ...dates })
    expect(publication).toMatchObject({
      reviewAt: '2026-06-30T22:00:00Z',
      context: { retainUntil: '2026-12-31T23:00:00Z' },
    })
    expect(readPublication(input, { ...good, '/reviewAt': '2026-02-30' }).faults).toEqual({
      '/reviewAt': 'form',
    })
  })

  it('has a class for a field only where one was chosen, and for fields it knows', () => {
    const one: TypeForm['fields'][number] = {
      name: 'facts',
      nl: 'x',
      en: 'x',
      nullable: true,
      shape: { kind: 'boolean' },
    }
    const known = { ...input, form: { ...form, fields: [one] } }
    expect(readPublication(known, good).publication?.context).not.toHaveProperty('fieldClass')
    const chosen = readPublication(known, { ...good, 'class:facts': '10.1a', 'class:other': '8' })
    expect(chosen.publication?.context).toMatchObject({ fieldClass: { facts: '10.1a' } })
  })

  it('says that free text was read only when somebody said so', () => {
    expect(readPublication(input, good).publication).not.toHaveProperty('freeTextReviewed')
    const read = readPublication(input, { ...good, '/freeTextReviewed': 'yes' })
    expect(read.publication).toMatchObject({ freeTextReviewed: { actor: 'mp-11' } })
  })
})

describe('an answer of an approver', () => {
  it('has decision, reason and role, or it is none', () => {
    expect(answerFaults({})).toEqual(['decision', 'reason', 'role'])
    expect(answerFaults({ decision: 'yes', reason: 'x'.repeat(2_001), role: 'x'.repeat(65) })).toEqual([
      'decision',
      'reason',
      'role',
    ])
    expect(answerFaults({ decision: 'refuse', reason: 'x', role: 'OVJ' })).toEqual([])
  })

  it('is for approvers alone, whatever follows in the address', () => {
    for (const path of ['/approvals', '/approvals/ho-1', '/approvals/x/y'])
      expect(rolesFor(path)).toEqual(['approver'])
    for (const path of ['/', '/in', '/approvalsx', '/in/approvals']) expect(rolesFor(path)).toEqual(['desk'])
  })
})
