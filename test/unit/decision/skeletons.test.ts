import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { decide } from '#core/decision/decide.ts'
import { deriveQuestion } from '#core/decision/derive-facts.ts'
import { NO_APPROVALS } from '#core/decision/judge-approvals.ts'
import { newPartner } from '../../../infra/new/partner.ts'
import { newRule } from '../../../infra/new/rule.ts'
import { testEpoch } from '../../support/contracts.ts'
import { ROOT } from '../../support/signed-contracts.ts'
import { type Draft, NOW, verifiedMessage } from '../../support/verified-message.ts'

let root = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'schakel-new-'))
  for (const folder of ['contracts', 'schemas/message'])
    cpSync(join(ROOT, folder), join(root, folder), { recursive: true })
})
afterEach(() => rmSync(root, { recursive: true }))

const text = (path: string) => readFileSync(join(root, path), 'utf8')

interface Step {
  readonly by: string
  readonly send: Omit<Draft, 'from'>
  readonly expect: readonly [{ verdict: string; reasons: readonly string[] }]
}

describe('schakel new', () => {
  it('refuses names that are malformed or taken', async () => {
    for (const make of [newRule, (where: string, id: string) => newPartner(where, id, 'x')]) {
      await expect(make(root, '../evil')).rejects.toMatchObject({ code: 'OPS_USAGE' })
      await expect(make(root, 'Groot')).rejects.toMatchObject({ code: 'OPS_USAGE' })
    }
    await expect(newRule(root, 'g12-window')).rejects.toMatchObject({ code: 'OPS_USAGE' })
    await expect(newPartner(root, 'tbkk', 'x')).rejects.toMatchObject({ code: 'OPS_USAGE' })
  })
  it('rule: the skeleton decides both its cases as written', async () => {
    const paths = await newRule(root, 'g99-proef')
    expect(paths).toEqual(['contracts/legal/g99-proef.cedar', 'contracts/cases/rule-g99-proef.json'])
    const epoch = testEpoch({ change: { 'contracts/legal/g99-proef.cedar': text(paths[0] ?? '') } })
    const { steps } = JSON.parse(text(paths[1] ?? '')) as { steps: readonly Step[] }
    for (const { by, send, expect: expected } of steps) {
      const context = { wpgClass: null, evaluation: null, ...send.context }
      const message = verifiedMessage(epoch, { ...send, from: by, context })
      const verdict = decide(deriveQuestion(message, 0, epoch, NOW, NO_APPROVALS), epoch)
      expect([verdict.kind, [...new Set(verdict.reasons.map(({ code }) => code))]]).toEqual([
        expected[0].verdict,
        expected[0].reasons,
      ])
    }
  })
  it('partner: one file, and the epoch knows it', async () => {
    const taken = new Set([...testEpoch().partners.keys()].map(String))
    const [path = ''] = await newPartner(root, 'proef-ngo', 'Proef-NGO (synthetisch)')
    const epoch = testEpoch({ change: { [path]: text(path) } })
    const oin = [...epoch.partners.values()].find(({ id }) => id === 'proef-ngo')?.oin
    expect(oin).toMatch(/^00000099[0-9]{12}$/)
    expect(taken.has(String(oin))).toBe(false)
  })
})
