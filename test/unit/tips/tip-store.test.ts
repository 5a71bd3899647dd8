import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { Question, Tip } from '#services/tips/tip-file.ts'
import { TipStore } from '#services/tips/tip-store.ts'

const folder = mkdtempSync(join(tmpdir(), 'schakel-tips-'))
afterAll(() => rmSync(folder, { recursive: true }))

const tip = (ref: string, more: Partial<Tip> = {}): Tip => ({
  ref,
  handle: `RPT-${ref}`,
  receivedAt: 10,
  keepUntil: 100,
  report: {
    facts: 'Gezien in een hotel.',
    place: 'Cebu',
    country: 'PH',
    observedAt: null,
    suspectDescription: null,
    childAtRisk: false,
    contactPolicy: 'HOTLINE_ONLY',
    contact: 'melder-fictief@voorbeeld.example',
  },
  state: 'new',
  status: 'RECEIVED',
  message: 'm',
  outcome: null,
  ...more,
})
const question = (handoff: string, of: string): Question => ({
  handoff,
  tip: of,
  id: 'Q-1',
  text: 'Welke kleur?',
  receivedAt: 20,
  state: 'received',
  answer: null,
  message: 'm',
  outcome: null,
})

let files = 0
const fresh = (kind: string): string => {
  files += 1
  return kind === 'memory' ? ':memory:' : join(folder, `${files}.db`)
}

describe.each(['memory', 'file'])('the store of tips (%s)', (kind) => {
  it('knows no tip that it was not given, and changes none', () => {
    const store = new TipStore(fresh(kind))
    store.changeTip('none', { state: 'forwarded' })
    store.changeQuestion('none', { state: 'sent' })
    expect([store.tip('none'), store.tipOfCode('none'), store.question('none'), store.cursor()]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ])
    expect(() => store.addQuestion(question('h', 'none'))).toThrow()
    store.close()
  })

  it('keeps the first tip of a code and the first question of a hand-off', () => {
    const store = new TipStore(fresh(kind))
    expect(store.addTip(tip('a'), 'hash')).toBe(true)
    expect(store.addTip(tip('b'), 'hash')).toBe(false)
    expect([store.tipOfCode('hash')?.ref, store.countTips()]).toEqual(['a', 1])
    store.addQuestion(question('h', 'a'))
    store.changeQuestion('h', { state: 'relayed' })
    store.addQuestion(question('h', 'a'))
    expect(store.questions('a')).toEqual([{ ...question('h', 'a'), state: 'relayed' }])
    store.changeTip('a', { status: 'CLOSED' })
    expect(store.tips()).toEqual([tip('a', { status: 'CLOSED' })])
    store.close()
  })

  it('forgets a tip and its questions at the end of the term, not before', () => {
    const store = new TipStore(fresh(kind))
    store.addTip(tip('a'), '1')
    store.addTip(tip('b', { keepUntil: 101 }), '2')
    store.addQuestion(question('h', 'a'))
    expect([store.purge(99), store.purge(100)]).toEqual([0, 1])
    expect([store.tip('a'), store.question('h'), store.tip('b')?.ref]).toEqual([undefined, undefined, 'b'])
    store.close()
  })

  it('goes on where it was in the inbox', () => {
    const store = new TipStore(fresh(kind))
    store.moveTo('1')
    store.moveTo('2')
    expect(store.cursor()).toBe('2')
    store.close()
  })
})

describe('the file of the store', () => {
  it('is its owner’s, outlives the process, and has no byte of what was purged', () => {
    const path = fresh('file')
    const first = new TipStore(path)
    first.addTip(tip('a'), '1')
    first.close()
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(readFileSync(path).includes('melder-fictief')).toBe(true)
    const again = new TipStore(path)
    expect(again.tip('a')).toEqual(tip('a'))
    again.purge(100)
    again.close()
    expect(readFileSync(path).includes('melder-fictief')).toBe(false)
  })
})
