import { describe, expect, it } from 'vitest'
import { makePassphrase, makeSecret, parseAccounts } from '#web/accounts.ts'
import { DOOR_LIMITS, Door } from '#web/door.ts'

const secret = await makeSecret('correct horse')
const ANN = { actor: 'ann-1', name: 'Ann', roles: ['auditor'], secret }

function door() {
  const clock = { at: 0 }
  return { clock, door: new Door({ accounts: async () => [ANN], cookie: 'desk', now: () => clock.at }) }
}

describe('the door', () => {
  it('lets nobody in with a wrong passphrase, an unknown name or another code', async () => {
    const { door: it_ } = door()
    await expect(it_.enter('ann-1', 'wrong')).rejects.toMatchObject({ status: 401 })
    await expect(it_.enter('ben-1', 'correct horse')).rejects.toMatchObject({ status: 401 })
    it_.startCode({ actor: 'x', name: 'x', roles: ['operator'] })
    expect(() => it_.enterByCode('A'.repeat(43))).toThrow()
    expect(() => it_.enterByCode('')).toThrow()
    expect(it_.user(undefined)).toBeUndefined()
  })

  it('asks the guesser to wait, and forgets after a while', async () => {
    const { door: it_, clock } = door()
    const code = it_.startCode({ actor: 'x', name: 'x', roles: ['operator'] })
    for (let turn = 0; turn < DOOR_LIMITS.tries; turn += 1) expect(() => it_.enterByCode('no')).toThrow()
    expect(() => it_.enterByCode(code)).toThrow(expect.objectContaining({ status: 429 }))
    clock.at += DOOR_LIMITS.windowMs + 1
    expect(it_.enterByCode(code)).toContain('desk=')
  })

  it('lets in with passphrase or code, until they leave', async () => {
    const { door: it_ } = door()
    const cookie = (await it_.enter('ann-1', 'correct horse')).split(';')[0]
    expect(it_.user(cookie)).toEqual({ actor: 'ann-1', name: 'Ann', roles: ['auditor'] })
    it_.leave(cookie)
    expect(it_.user(cookie)).toBeUndefined()
  })
})

describe('accounts', () => {
  it.each([
    ['no JSON', 'x'],
    ['no list', '{}'],
    ['an unknown role', JSON.stringify([{ ...ANN, roles: ['root'] }])],
    ['no role', JSON.stringify([{ ...ANN, roles: [] }])],
    ['a passphrase in the clear', JSON.stringify([{ ...ANN, secret: 'correct horse' }])],
    ['an unknown member', JSON.stringify([{ ...ANN, admin: true }])],
    ['the same actor twice', JSON.stringify([ANN, ANN])],
  ])('%s: refused', (_name, text) => {
    expect(parseAccounts(text, ['auditor'])).toBeUndefined()
  })

  it('read back as written; a passphrase is told once and never stored', () => {
    expect(parseAccounts(JSON.stringify([ANN]), ['auditor'])).toEqual([ANN])
    expect(secret).not.toContain('correct')
    expect(makePassphrase()).toMatch(/^([a-z2-9]{4}-){5}[a-z2-9]{4}$/)
  })
})
