import fc from 'fast-check'
import type { Hand, Op, Ref } from './test-evaluator.ts'

const ISS = 'urn:nld:oin:00000099000000001000:systeem:meldpunt'
const MESSAGES = 8
const RECIPIENTS = ['urn:a', 'urn:b', 'urn:c-suspended'] as const
const NEVER = 9_000_000_000_000

const messageName = (n: number) => `j${n}`

const hand = (deadlines: readonly number[]): fc.Arbitrary<Omit<Hand, 'to'>> =>
  fc.record({
    state: fc.constantFrom('held', 'held', 'sealed', 'refused', 'even'),
    deadlineIn: fc.constantFrom(...deadlines),
    asks: fc.boolean(),
    dutyIn: fc.constantFrom(undefined, undefined, ...(deadlines.length > 1 ? [0, 1, 30, 3_000] : [])),
  })

const ref: fc.Arbitrary<Ref> = fc.record({
  message: fc.nat({ max: MESSAGES - 1 }).map(messageName),
  to: fc.constantFrom(...RECIPIENTS, 'urn:a-approver'),
})

function newOp(timed: boolean): fc.Arbitrary<Op> {
  const deadlines = timed ? [0, 5, 40, 2_000, 60_000] : [4_000_000_000]
  return fc
    .record({
      n: fc.nat({ max: MESSAGES - 1 }),
      caseRef: fc.constantFrom('c1', 'c2', 'c3'),
      until: timed ? fc.constantFrom(1_800_000_000_100, NEVER, NEVER, NEVER) : fc.constant(NEVER),
      hands: fc.array(hand(deadlines), { minLength: 1, maxLength: 3 }),
      supersedes: fc.option(ref, { nil: undefined, freq: 3 }),
      peer: fc.constantFrom(false, false, false, false, true),
    })
    .map(({ n, caseRef, until, hands, supersedes, peer }) => ({
      op: 'new',
      iss: ISS,
      jti: messageName(n),
      caseRef,
      until,
      hands: hands.map((one, index) => ({ ...one, to: RECIPIENTS[index] ?? RECIPIENTS[0] })),
      ...(supersedes ? { supersedes } : {}),
      ...(peer ? { peer } : {}),
    }))
}

/** Inputs of every kind, most of them about the same few messages, with repeats and reused ids among them. */
export function arbitraryOps(options: { timed: boolean; poison: boolean }): fc.Arbitrary<readonly Op[]> {
  const kinds: fc.WeightedArbitrary<Op>[] = [
    { weight: 8, arbitrary: newOp(options.timed) },
    {
      weight: 4,
      arbitrary: fc.record({ op: fc.constant('approve' as const), of: ref, granted: fc.boolean() }),
    },
    { weight: 4, arbitrary: fc.record({ op: fc.constant('ack' as const), of: ref }) },
    { weight: 3, arbitrary: fc.record({ op: fc.constant('release' as const), of: ref }) },
    {
      weight: 2,
      arbitrary: fc.record({
        op: fc.constant('erase' as const),
        of: ref,
        scope: fc.constantFrom('message' as const, 'case' as const),
      }),
    },
  ]
  if (options.poison) {
    kinds.push({
      weight: 1,
      arbitrary: fc.record({ op: fc.constantFrom('bug' as const), tag: fc.constant('b') }),
    })
    kinds.push({
      weight: 1,
      arbitrary: fc.record({ op: fc.constantFrom('die' as const), tag: fc.constant('d') }),
    })
  }
  return fc.array(fc.oneof(...kinds), { minLength: 6, maxLength: 30 }).chain((ops) =>
    fc.array(fc.nat({ max: ops.length - 1 }), { maxLength: 4 }).map((again) => {
      // The very same input once more, somewhere later: a partner's retry.
      const repeated = again.flatMap((index) => ops[index] ?? [])
      return [...ops, ...repeated]
    }),
  )
}
