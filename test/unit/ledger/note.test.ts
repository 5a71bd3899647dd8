import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { checkpointText, openCheckpoint, parseCheckpointText } from '#core/ledger/checkpoint.ts'
import { formatVkey, noteVerifier, parseNote, parseVkey, signNote, verifyNote } from '#core/ledger/note.ts'

const pair = generateKeyPairSync('ed25519')
const other = generateKeyPairSync('ed25519')
const verifier = noteVerifier('example.nl/log', pair.publicKey)
const root = new Uint8Array(32).fill(7)
const text = checkpointText({ origin: 'example.nl/log', size: 12, root })
const signed = signNote(text, pair.privateKey, verifier)

describe('a note', () => {
  it.each([
    ['no blank line', signed.replace('\n\n', '\n')],
    ['no newline at the end', signed.slice(0, -1)],
    ['hyphen for em dash', signed.replace('\u2014', '-')],
    ['control character', signed.replace('12', '1\t2')],
    ['no signature', text],
    ['padding of base64 missing', signed.replace(/=+\n$/, '\n')],
  ])('is refused: %s', (_, note) => {
    expect(openCheckpoint(note, verifier)).toBeUndefined()
  })

  it('is refused when a signature of the known key fails, whatever else verifies', () => {
    const forged = `${text}\n${signNote('x\n', pair.privateKey, verifier).split('\n\n')[1]}`
    const both = `${signed}${forged.split('\n\n')[1]}`
    const note = parseNote(both)
    expect(note?.signatures.length).toBe(2)
    expect(note && verifyNote(note, verifier)).toBe(false)
  })

  it('ignores signatures of unknown keys, but they are not enough', () => {
    const foreign = signNote(text, other.privateKey, noteVerifier('example.nl/other', other.publicKey))
    expect(openCheckpoint(foreign, verifier)).toBeUndefined()
    expect(openCheckpoint(signed + foreign.split('\n\n')[1], verifier)?.size).toBe(12)
  })

  it('of another origin is no checkpoint of this log', () => {
    const foreign = signNote(text.replace('example.nl/log', 'example.nl/x'), pair.privateKey, verifier)
    expect(openCheckpoint(foreign, verifier)).toBeUndefined()
  })

  it('agrees with the example of the specification', () => {
    const body =
      '\u2014 quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc='
    const example = `Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned \u00e8 subito sera.\n\n${body}\n`
    expect(parseNote(example)?.text.endsWith('sera.\n')).toBe(true)
    expect(parseNote(example)?.signatures[0]?.keyId).toBe('367ba04b')
  })
})

describe('a verifier key', () => {
  const vkey = formatVkey(verifier)
  it.each([
    ['another id', vkey.replace(/\+[0-9a-f]{8}\+/, '+00000000+')],
    ['another name', vkey.replace('example.nl', 'example.org')],
    ['no type', vkey.slice(0, -4)],
    ['empty', ''],
  ])('is refused: %s', (_, key) => {
    expect(parseVkey(key)).toBeUndefined()
  })
  it('comes back', () => {
    expect(parseVkey(`${vkey}\n`)?.keyId).toBe(verifier.keyId)
  })
})

describe('a checkpoint text', () => {
  it.each([
    ['leading zero', text.replace('\n12\n', '\n012\n')],
    ['negative', text.replace('\n12\n', '\n-1\n')],
    ['beyond safe integers', text.replace('\n12\n', '\n9999999999999999\n')],
    ['short root', text.replace(/\n[^\n]{44}\n$/, '\nAAAA\n')],
    ['empty origin', text.replace('example.nl/log', '')],
  ])('is refused: %s', (_, bad) => {
    expect(parseCheckpointText(bad)).toBeUndefined()
  })
})
