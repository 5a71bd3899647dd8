import fc from 'fast-check'
import { expect, it } from 'vitest'
import { composePaxlst } from '#services/travel/edifact/compose-paxlst.ts'
import { readInterchange } from '#services/travel/edifact/read-interchange.ts'
import { readPaxlst } from '#services/travel/edifact/read-paxlst.ts'
import { readPnrgov } from '#services/travel/edifact/read-pnrgov.ts'
import { readSegments } from '#services/travel/edifact/read-segments.ts'
import { EdifactRefusal } from '#services/travel/edifact/refusal.ts'
import { DEFAULT_SERVICE } from '#services/travel/edifact/service-characters.ts'
import { segment, writeSegments } from '#services/travel/edifact/write-segments.ts'
import { folded, MANIFEST, paxlstBytes } from '../support/travel-files.ts'

const latin = fc.string({
  unit: fc
    .integer({ min: 0x20, max: 0xff })
    .filter((c) => c < 0x7f || c > 0x9f)
    .map((c) => String.fromCharCode(c)),
  maxLength: 12,
})
const element = fc.array(fc.array(latin, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 3 })
const tag = fc.stringMatching(/^[A-TV-Z][A-Z]{2}$/)
const body = fc.array(fc.record({ tag, elements: fc.array(element, { maxLength: 5 }) }), { maxLength: 12 })
const withRepetition = { ...DEFAULT_SERVICE, repetition: 0x2a }
const services = fc.constantFrom(withRepetition, {
  component: 0x2d,
  element: 0x7c,
  release: 0x5c,
  repetition: 0x5e,
  terminator: 0x7e,
})

/** Bytes that Latin-1 text cannot be told from UTF-8 by are read as UTF-8 only where C1 codes stand: never here. */
it('what was written is read again, with any service characters', () => {
  fc.assert(
    fc.property(body, services, (segments, service) => {
      const all = [segment('UNB', ['UNOC', '4'], 'A', 'B'), ...segments, segment('UNZ', '1', 'X')]
      const read = readSegments(Buffer.from(writeSegments(all, service), 'latin1'))
      expect(read.segments.map(({ tag, elements }) => ({ tag, elements }))).toEqual(all)
      expect(read.repairs).toEqual([])
    }),
  )
})

it('folding lines anywhere changes no segment', () => {
  const plain = (text: string) =>
    readSegments(Buffer.from(text, 'latin1')).segments.map((one) => [one.tag, one.elements])
  const text = composePaxlst(MANIFEST)
  const wanted = plain(text)
  fc.assert(
    fc.property(fc.integer({ min: 12, max: 200 }), (width) => {
      expect(plain(folded(text, width))).toEqual(wanted)
    }),
  )
})

const PNRGOV = Buffer.from(
  "UNA:+.?*'UNB+IATA:1+1A+NLPNR+260301:0754+0003'UNH+1+PNRGOV:11:1:IA+010326/0754/EX/101'MSG+:22'ORG+1A:MUC'" +
    "TVL+010326:1640:010326:2200+AMS+MNL+EX+101'EQN+1'SRC'RCI+1A:2LS6KP::200226:0439'TIF+DOE:I+JANMR:A:1'" +
    "SSR+DOCS:HK:1:EX:::::/P/NLD/XX1234567/NLD/10SEP72/M/05JUL31/DOE/JAN+::1'UNT+11+1'UNZ+1+0003'",
)

/** One to four cuts, insertions and overwritten bytes. */
const mangling = fc.array(
  fc.record({
    at: fc.nat(2000),
    remove: fc.nat(40),
    insert: fc.uint8Array({ maxLength: 12 }),
  }),
  { minLength: 1, maxLength: 4 },
)

function mangled(
  source: Uint8Array,
  changes: readonly { at: number; remove: number; insert: Uint8Array }[],
): Uint8Array {
  let bytes = Buffer.from(source)
  for (const { at, remove, insert } of changes) {
    const start = at % (bytes.length + 1)
    bytes = Buffer.concat([
      bytes.subarray(0, start),
      insert,
      bytes.subarray(Math.min(bytes.length, start + remove)),
    ])
  }
  return bytes
}

function survives(bytes: Uint8Array): void {
  try {
    for (const message of readInterchange(bytes).messages) {
      if (message.type === 'PNRGOV') readPnrgov(message)
      else readPaxlst(message)
    }
  } catch (error) {
    expect(error).toBeInstanceOf(EdifactRefusal)
    const { at } = error as EdifactRefusal
    expect(at.offset).toBeGreaterThanOrEqual(0)
    expect(at.offset).toBeLessThanOrEqual(bytes.length)
  }
}

it('cut and mangled files are read or refused, never anything else', () => {
  const files = fc.constantFrom(paxlstBytes(), PNRGOV, Buffer.from(folded(composePaxlst(MANIFEST)), 'latin1'))
  fc.assert(
    fc.property(files, mangling, (file, changes) => survives(mangled(file, changes))),
    { numRuns: 3_000 },
  )
})

/** Undefined when refused. */
function personsOf(bytes: Uint8Array): number | undefined {
  try {
    return readInterchange(bytes).messages.reduce(
      (sum, message) => sum + readPaxlst(message).persons.length,
      0,
    )
  } catch (error) {
    expect(error).toBeInstanceOf(EdifactRefusal)
    return undefined
  }
}

it('a list from which bytes were lost never has fewer persons in silence', () => {
  // Of passengers alone, as the guide has it: crew are a list of their own.
  const manifest = { ...MANIFEST, persons: MANIFEST.persons.filter(({ kind }) => kind === 'passenger') }
  const file = paxlstBytes(manifest)
  fc.assert(
    fc.property(fc.nat(file.length - 1), fc.integer({ min: 1, max: 400 }), (start, length) => {
      const cut = Buffer.concat([file.subarray(0, start), file.subarray(start + length)])
      const persons = personsOf(cut)
      if (persons !== undefined) expect(persons).toBe(manifest.persons.length)
    }),
    { numRuns: 2_000 },
  )
})

it('random bytes are refused', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), survives), { numRuns: 1_000 })
  const start = Buffer.from("UNA:+.? 'UNB+UNOA:4+")
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => survives(Buffer.concat([start, bytes]))),
    { numRuns: 1_000 },
  )
})
