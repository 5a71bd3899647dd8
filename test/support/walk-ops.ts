import type { Op } from './test-evaluator.ts'

const iss = 'urn:nld:oin:00000099000000001000:systeem:meldpunt'
const FAR = 9_000_000_000_000
const LONG = 4_000_000_000

const message = (jti: string, caseRef: string, more: Partial<Op & { op: 'new' }> = {}): Op => ({
  op: 'new',
  iss,
  jti,
  caseRef,
  until: FAR,
  hands: [
    { to: 'urn:a', state: 'held', deadlineIn: LONG, asks: true },
    { to: 'urn:b', state: 'sealed', deadlineIn: LONG },
    { to: 'urn:c', state: 'refused', deadlineIn: LONG },
  ],
  ...more,
})

/** One input of every kind that matters, for walking through each port call of a run. */
export const walkOps: readonly Op[] = [
  message('j1', 'c1'),
  message('j1', 'c1'),
  message('j1', 'c2'),
  { op: 'approve', of: { message: 'j1', to: 'urn:a' }, granted: true },
  { op: 'release', of: { message: 'j1', to: 'urn:a' } },
  { op: 'ack', of: { message: 'j1', to: 'urn:a' } },
  { op: 'ack', of: { message: 'j1', to: 'urn:a' } },
  message('j2', 'c1', { supersedes: { message: 'j1', to: 'urn:b' } }),
  { op: 'approve', of: { message: 'j2', to: 'urn:a' }, granted: false },
  { op: 'erase', of: { message: 'j1', to: 'urn:a' }, scope: 'message' },
  message('j3', 'c3'),
  { op: 'erase', of: { message: 'j3', to: 'urn:b' }, scope: 'case' },
  message('j4', 'c3'),
  { op: 'bug', tag: 'always' },
  message('j5', 'c4', { peer: true }),
  message('j5', 'c4'),
]
