import { describe, expect, it } from 'vitest'
import { openSqliteFold } from '#adapters/fold/sqlite.ts'
import { applyOutcome } from '#core/handoff/apply-outcome.ts'
import { askArchive } from '#core/handoff/ask-archive.ts'
import type { Effect, NewHandoff, Outcome, StateChange } from '#core/handoff/outcome.ts'
import { messageArchive } from '#core/handoff/same-message.ts'
import type { HandoffId } from '#core/ids.ts'
import type { FoldHead } from '#core/ports/fold.ts'

const AT = 1_800_000_000_000
const id = (seq: number, n: number) => `ho-3-${seq}-${String(n).padStart(16, '0')}` as HandoffId
const answer = { kind: 'decided', code: null, pointer: null, repeatOf: null } as const

function outcome(seq: number, effects: readonly Effect[], more: Partial<Outcome> = {}): Outcome {
  return {
    seq,
    prev: new Uint8Array(32),
    at: AT,
    epoch: 1,
    genesis: null,
    in: { n: 1, position: 0, digest: new Uint8Array(32).fill(9) },
    answer,
    submitter: null,
    outerId: null,
    seen: null,
    effects,
    duties: [],
    archive: { keyId: `c:${seq}`, bytes: new Uint8Array([seq]) },
    decisions: { keyId: 'a:1', bytes: new Uint8Array([1, seq]) },
    leaves: [],
    sweep: null,
    ...more,
  }
}

function handoff(
  handoffId: HandoffId,
  state: NewHandoff['state'],
  more: Partial<NewHandoff> = {},
): NewHandoff {
  return {
    kind: 'handoff',
    handoff: handoffId,
    caseRef: 'c1' as never,
    message: 'm1' as never,
    from: 'f' as never,
    to: 't' as never,
    type: 'x' as never,
    state,
    deadline: AT + 10,
    sealed: null,
    sdHash: null,
    asks: null,
    contentKey: 'c:2',
    certificate: 'z',
    ...more,
  }
}

const change = (handoffId: HandoffId, state: StateChange['state']): StateChange => ({
  kind: 'state',
  handoff: handoffId,
  state,
  cause: 'approval',
  deadline: null,
  sealed: null,
  sdHash: null,
})

const seen = { iss: 'i' as never, jti: 'j' as never, digest: 'd' as never, until: AT + 5 }
const fold = () => openSqliteFold(':memory:')

describe('the fold step', () => {
  it('refuses to change what has ended, and what it does not know', () => {
    const state = fold()
    applyOutcome(state, 3, outcome(2, [handoff(id(2, 1), 'refused')]))
    expect(() => applyOutcome(state, 3, outcome(3, [change(id(2, 1), 'sealed')]))).toThrow('BUG_INVARIANT')
    expect(() => applyOutcome(state, 3, outcome(3, [change(id(2, 9), 'sealed')]))).toThrow('BUG_INVARIANT')
  })

  it('registers an id only for an answer that is neither PEER_, parked nor a repeat, and only once', () => {
    const state = fold()
    const refused = { ...answer, kind: 'refused', code: 'PEER_SUSPENDED' } as const
    applyOutcome(state, 3, outcome(2, [], { seen, answer: refused }))
    applyOutcome(
      state,
      3,
      outcome(3, [], { seen, answer: { ...answer, kind: 'parked', code: 'BUG_PARKED' } }),
    )
    applyOutcome(state, 3, outcome(4, [], { seen, answer: { ...answer, kind: 'repeat' } }))
    expect(state.seen(seen.iss, seen.jti)).toBeUndefined()
    applyOutcome(state, 3, outcome(5, [], { seen, answer: { ...refused, code: 'MSG_LATE' } }))
    applyOutcome(state, 3, outcome(6, [], { seen: { ...seen, digest: 'other' as never } }))
    expect(state.seen(seen.iss, seen.jti)).toMatchObject({ seq: 5, digest: 'd', until: AT + 5 })
    applyOutcome(state, 3, outcome(7, [], { at: AT + 5 }))
    expect(state.seen(seen.iss, seen.jti)).toBeDefined()
    applyOutcome(state, 3, outcome(8, [], { at: AT + 6 }))
    expect(state.seen(seen.iss, seen.jti)).toBeUndefined()
  })

  it('keeps the archive copy, and what approvers were shown, exactly while a hold needs them', () => {
    const state = fold()
    const asks = { handoff: id(2, 1), guard: 'g' }
    const made = [handoff(id(2, 1), 'held'), handoff(id(2, 2), 'held'), handoff(id(2, 3), 'sealed', { asks })]
    applyOutcome(state, 3, outcome(2, made))
    expect(state.archive(messageArchive({ seq: 2 }))?.keyId).toBe('c:2')
    applyOutcome(state, 3, outcome(3, [change(id(2, 3), 'delivered')]))
    expect(state.archive(askArchive(id(2, 3)))?.keyId).toBe('a:1')
    applyOutcome(state, 3, outcome(4, [change(id(2, 1), 'sealed')]))
    expect(state.archive(askArchive(id(2, 3)))).toBeUndefined()
    expect(state.archive(messageArchive({ seq: 2 }))?.keyId).toBe('c:2')
    applyOutcome(state, 3, outcome(5, [change(id(2, 2), 'expired')]))
    expect(state.archive(messageArchive({ seq: 2 }))).toBeUndefined()
  })

  it('erases a message or a whole case, and a case key has a generation', () => {
    const state = fold()
    applyOutcome(state, 3, outcome(2, [handoff(id(2, 1), 'held')]))
    applyOutcome(state, 3, outcome(3, [handoff(id(3, 1), 'sealed', { message: 'm2' as never })]))
    applyOutcome(
      state,
      3,
      outcome(4, [handoff(id(4, 1), 'sealed', { caseRef: 'c2' as never, message: 'm3' as never })]),
    )
    applyOutcome(
      state,
      3,
      outcome(5, [{ kind: 'erased', handoff: id(2, 1), scope: 'message', keys: ['c:2'] }]),
    )
    const contents = () => [id(2, 1), id(3, 1), id(4, 1)].map((one) => state.handoff(one)?.content)
    expect(contents()).toEqual(['erased', 'present', 'present'])
    expect(state.archive(messageArchive({ seq: 2 }))).toBeUndefined()
    expect(state.generation('c1')).toBe(0)
    applyOutcome(state, 3, outcome(6, [{ kind: 'erased', handoff: id(2, 1), scope: 'case', keys: [] }]))
    expect(contents()).toEqual(['erased', 'erased', 'present'])
    expect([state.generation('c1'), state.generation('c2')]).toEqual([1, 0])
  })

  it('remembers parked inputs for seven days', () => {
    const state = fold()
    const parked = { ...answer, kind: 'parked', code: 'BUG_PARKED' } as const
    applyOutcome(state, 3, outcome(2, [], { answer: parked }))
    expect(state.parked(2)?.at).toBe(AT)
    applyOutcome(state, 3, outcome(3, [], { at: AT + 7 * 86_400_000 }))
    expect(state.parked(2)?.at).toBe(AT)
    applyOutcome(state, 3, outcome(4, [], { at: AT + 7 * 86_400_000 + 1 }))
    expect(state.parked(2)).toBeUndefined()
  })
})

describe('Fold on SQLite', () => {
  const head = (seq: number): FoldHead => ({
    seq,
    hash: new Uint8Array(32).fill(seq),
    at: AT,
    epoch: 1,
    inputs: 0,
    inPosition: 0,
    position: seq,
    logId: 'x',
    sweep: { upto: 0, done: true },
  })

  it('moves effects and head together, or not at all', () => {
    const state = fold()
    state.setHead(head(1))
    state.begin()
    applyOutcome(state, 3, outcome(2, [handoff(id(2, 1), 'held')]))
    state.setHead(head(2))
    expect(state.head()?.seq).toBe(2)
    state.rollback()
    expect([state.head()?.seq, state.handoff(id(2, 1))]).toEqual([1, undefined])
    state.begin()
    applyOutcome(state, 3, outcome(2, [handoff(id(2, 1), 'held')]))
    state.setHead(head(2))
    state.commit()
    state.rollback()
    expect([state.head()?.seq, state.handoff(id(2, 1))?.state]).toEqual([2, 'held'])
  })

  it('finds what is due, soonest first, and what is open from before an epoch', () => {
    const state = fold()
    const made = [3, 1, 2].map((n) => handoff(id(2, n), 'sealed', { deadline: AT + n }))
    applyOutcome(state, 3, outcome(2, made))
    expect(state.nextDeadline()).toBe(AT + 1)
    expect(state.due(AT + 2, 9).map((row) => row.deadline)).toEqual([AT + 1, AT + 2])
    expect(state.due(AT, 9)).toEqual([])
    expect(state.open(0, 1, 9)).toEqual([])
    expect(state.open(0, 2, 2)).toHaveLength(2)
    expect(state.open(2, 2, 9)).toEqual([])
    applyOutcome(state, 3, outcome(3, [change(id(2, 1), 'delivered')]))
    expect(state.nextDeadline()).toBe(AT + 2)
  })
})
