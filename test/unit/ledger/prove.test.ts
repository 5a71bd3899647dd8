import { generateKeyPairSync } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { formatVkey, noteVerifier } from '#core/ledger/note.ts'
import { type EvidenceBundle, verifyBundle } from '#core/ledger/verify-bundle.ts'
import { prove } from '#services/cli/prove.ts'
import { goodStory, handMadeStore, id } from '../../support/hand-made-store.ts'

let bundle: EvidenceBundle
let store: Awaited<ReturnType<typeof handMadeStore>>

beforeAll(async () => {
  store = await handMadeStore(goodStory())
  bundle = JSON.parse(JSON.stringify(await prove(store, id(3))))
})

/** The bundle with the member at `path` replaced, or removed for undefined. */
function bent(path: string, value: unknown): unknown {
  const copy: unknown = JSON.parse(JSON.stringify(bundle))
  const names = path.split('/')
  const last = names.pop() ?? ''
  let holder = copy as Record<string, unknown>
  for (const name of names) holder = holder[name] as Record<string, unknown>
  if (value === undefined) delete holder[last]
  else holder[last] = value
  return copy
}

describe('an evidence bundle does not verify', () => {
  it.each<[string, string, unknown]>([
    ['for another hand-off', 'handoff', id(4)],
    ['with an edited verdict', 'leaves/0/record/verdict/shown', ['person', 'source']],
    ['with an edited fact', 'leaves/0/record/question/facts', { urgent: true }],
    ['with another state', 'leaves/0/record/state', 'refused'],
    ['with other parties', 'leaves/0/parts/parties/value', { from: 'a', to: 'b' }],
    ['with another type in its parts', 'leaves/0/parts/type/value', 'tip.feedback'],
    ['with a part left out', 'leaves/0/parts/state', undefined],
    ['with an opening of another length', 'leaves/0/parts/state/opening', 'AAAA'],
    ['without leaves', 'leaves', []],
    ['of another format', 'format', 'x'],
  ])('%s', (_, path, value) => {
    expect(verifyBundle(bent(path, value), bundle.vkey).ok).toBe(false)
  })

  it('with its leaves in another order, or the proof of another leaf', () => {
    expect(verifyBundle({ ...bundle, leaves: bundle.leaves.toReversed() }, bundle.vkey).ok).toBe(false)
    expect(verifyBundle(bent('leaves/0/proof', bundle.leaves[1]?.proof), bundle.vkey).ok).toBe(false)
  })

  it('against another key, whatever key it brings along', () => {
    const name = bundle.vkey.split('+')[0] ?? ''
    const other = formatVkey(noteVerifier(name, generateKeyPairSync('ed25519').publicKey))
    expect(verifyBundle(bundle, other).ok).toBe(false)
    expect(verifyBundle(bundle, 'nonsense').ok).toBe(false)
    expect(verifyBundle(null, bundle.vkey).ok).toBe(false)
  })

  it('for another presentation', () => {
    expect(verifyBundle(bundle, bundle.vkey, 'eyJ~x~').ok).toBe(false)
  })
})

it('a bundle of a hand-off proves all its states, without its salt', () => {
  const report = verifyBundle(bundle, bundle.vkey)
  expect(report.problems).toEqual([])
  expect(report).toMatchObject({ ok: true, handoff: id(3), leaves: 4, size: 24 })
  expect(report.states.map((one) => one.state)).toEqual(['sealed', 'released', 'delivered', 'erased'])
  expect(JSON.stringify(bundle)).not.toContain('"salt"')
})

it('prove knows no hand-off that is not there', async () => {
  await expect(prove(store, id(77))).rejects.toMatchObject({ code: 'OPS_NOT_FOUND' })
  await expect(prove(store, id(3, '1'))).rejects.toMatchObject({ code: 'OPS_NOT_FOUND' })
})
