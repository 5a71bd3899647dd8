import { existsSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { verifyConsistency, verifyInclusion } from '#core/ledger/verify-proof.ts'

const FOLDER = new URL('../../../shared/ext/rfc6962/', import.meta.url)
const there = existsSync(FOLDER)
const bytes = (text: string): Uint8Array => Buffer.from(text, 'base64')
const load = (name: string) => JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8')) as readonly Vector[]

interface Vector {
  readonly leafIdx: number
  readonly treeSize: number
  readonly root: string
  readonly leafHash: string
  readonly size1: number
  readonly size2: number
  readonly root1: string
  readonly root2: string
  readonly proof: readonly string[] | null
  readonly wantErr: boolean
  readonly name: string
}

function inclusion(vector: Vector): boolean {
  const proof = (vector.proof ?? []).map(bytes)
  return verifyInclusion(vector.leafIdx, vector.treeSize, bytes(vector.leafHash), proof, bytes(vector.root))
}

function consistency(vector: Vector): boolean {
  const proof = (vector.proof ?? []).map(bytes)
  return verifyConsistency(vector.size1, vector.size2, proof, bytes(vector.root1), bytes(vector.root2))
}

it('agrees with every inclusion and consistency case of transparency-dev/merkle', () => {
  if (!there) {
    console.log('NOT RUN: no ../shared/ext')
    expect(process.env['CI']).not.toBe('true')
    return
  }
  const runs = [
    ...load('inclusion.json').map((vector) => ({ vector, holds: inclusion(vector) })),
    ...load('consistency.json').map((vector) => ({ vector, holds: consistency(vector) })),
  ]
  const differ = runs.filter(({ vector, holds }) => holds === vector.wantErr).map(({ vector }) => vector.name)
  console.log(`rfc6962: ${runs.length - differ.length} agree / ${runs.length} cases / 0 excused`)
  expect(differ).toEqual([])
  expect(runs.length).toBe(196)
})
