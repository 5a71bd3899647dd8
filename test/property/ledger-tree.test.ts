import { generateKeyPairSync } from 'node:crypto'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { auditLog } from '#core/ledger/audit-log.ts'
import { checkpointText } from '#core/ledger/checkpoint.ts'
import {
  appendLeaf,
  EMPTY_FRONTIER,
  EMPTY_ROOT,
  type Frontier,
  frontierRoot,
  leafHash,
  nodeHash,
} from '#core/ledger/merkle.ts'
import { noteVerifier, signNote } from '#core/ledger/note.ts'
import { proveConsistency, proveInclusion, readEntry, readRoot } from '#core/ledger/prove.ts'
import { parseTilePath, TILE_WIDTH, tilePath, tileWidthAt } from '#core/ledger/tile.ts'
import { tileBuilder } from '#core/ledger/tile-builder.ts'
import { formatTlogProof, parseTlogProof, verifyTlogProof } from '#core/ledger/tlog-proof.ts'
import { verifyConsistency, verifyInclusion } from '#core/ledger/verify-proof.ts'
import type { TileStore } from '#core/ports/tile-store.ts'

const SEED = 20261124
const entry = (i: number) => Buffer.from(`entry ${i}`)

function memory(): TileStore & { readonly files: Map<string, Uint8Array> } {
  const files = new Map<string, Uint8Array>()
  return {
    files,
    read: async (path) => files.get(path),
    write: async (path, bytes) => void files.set(path, bytes),
    remove: async (path) => {
      for (const name of files.keys()) if (name.startsWith(path)) files.delete(name)
    },
  }
}

/** RFC 6962 §2.1, word by word. */
function mth(leaves: readonly Uint8Array[]): Uint8Array {
  if (leaves.length === 0) return EMPTY_ROOT
  if (leaves.length === 1) return leafHash(leaves[0] ?? new Uint8Array())
  let k = 1
  while (k * 2 < leaves.length) k *= 2
  return nodeHash(mth(leaves.slice(0, k)), mth(leaves.slice(k)))
}

/** A log grown in steps, with the roots it had; partial tiles of filled ones are dropped. */
async function grown(steps: readonly number[]) {
  const store = memory()
  const roots: { readonly size: number; readonly root: Uint8Array }[] = []
  let builder = await tileBuilder(store, 0)
  for (const step of steps) {
    for (let i = 0; i < step; i += 1) builder.append(entry(builder.size()))
    for (const { tile, bytes } of builder.take()) {
      await store.write(tilePath(tile), bytes)
      if (tile.width === TILE_WIDTH) await store.remove(`${tilePath(tile)}.p`)
    }
    roots.push({ size: builder.size(), root: builder.root() })
    builder = await tileBuilder(store, builder.size())
  }
  return { store, roots, size: builder.size() }
}

const steps = fc.array(fc.oneof(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 200, max: 700 })), {
  minLength: 1,
  maxLength: 6,
})

it('tiles, frontier and RFC 6962 give the same root at every size', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (sizes) => {
      const { store, roots } = await grown(sizes)
      let frontier: Frontier = EMPTY_FRONTIER
      for (const { size, root } of roots) {
        while (frontier.size < size) frontier = appendLeaf(frontier, leafHash(entry(frontier.size)))
        const leaves = Array.from({ length: size }, (_, i) => entry(i))
        expect(root).toEqual(mth(leaves))
        expect(frontierRoot(frontier)).toEqual(root)
        expect(await readRoot(store, size)).toEqual(root)
      }
    }),
    { seed: SEED, numRuns: 25 },
  )
})

it('every proof verifies, and none for another leaf, index, size or root', async () => {
  await fc.assert(
    fc.asyncProperty(steps, fc.nat(), fc.nat(), async (sizes, a, b) => {
      const { store, roots, size } = await grown(sizes)
      const root = roots.at(-1)?.root ?? EMPTY_ROOT
      if (size === 0) return
      const index = a % size
      const proof = await proveInclusion(store, index, size)
      const leaf = leafHash(await readEntry(store, index, size))
      expect(leaf).toEqual(leafHash(entry(index)))
      expect(verifyInclusion(index, size, leaf, proof, root)).toBe(true)
      expect(verifyInclusion((index + 1) % (size + 1), size, leaf, proof, root)).toBe(false)
      expect(verifyInclusion(index, size, leafHash(entry(size)), proof, root)).toBe(false)
      expect(verifyInclusion(index, size, leaf, [...proof, leaf], root)).toBe(false)
      const old = roots[b % roots.length] ?? { size: 0, root: EMPTY_ROOT }
      if (old.size === 0) return
      const step = await proveConsistency(store, old.size, size)
      expect(verifyConsistency(old.size, size, step, old.root, root)).toBe(true)
      expect(verifyConsistency(old.size, size, step, EMPTY_ROOT, root)).toBe(false)
    }),
    { seed: SEED, numRuns: 40 },
  )
})

it('an audit passes the log, and finds any byte of any tile that changed', async () => {
  const pair = generateKeyPairSync('ed25519')
  const verifier = noteVerifier('example.nl/log', pair.publicKey)
  await fc.assert(
    fc.asyncProperty(steps, fc.nat(), fc.nat(), async (sizes, which, where) => {
      const { store, roots } = await grown(sizes)
      const notes = roots.map(({ size, root }, i) => ({
        name: `checkpoint.${i}`,
        note: signNote(checkpointText({ origin: verifier.name, size, root }), pair.privateKey, verifier),
      }))
      expect(await auditLog(store, verifier, notes)).toMatchObject({ ok: true, problems: [] })
      const paths = [...store.files.keys()]
      const path = paths[which % paths.length]
      const bytes = path && store.files.get(path)
      if (!path || !bytes) return
      const changed = Buffer.from(bytes)
      changed[where % changed.length] = (changed[where % changed.length] ?? 0) ^ 0x40
      store.files.set(path, changed)
      expect((await auditLog(store, verifier, notes)).ok).toBe(false)
      store.files.delete(path)
      expect((await auditLog(store, verifier, notes)).ok).toBe(false)
    }),
    { seed: SEED, numRuns: 25 },
  )
})

it('a tlog-proof comes back from its text and verifies for its entry alone', async () => {
  const pair = generateKeyPairSync('ed25519')
  const verifier = noteVerifier('example.nl/log', pair.publicKey)
  const { store, roots, size } = await grown([300])
  const root = roots[0]?.root ?? EMPTY_ROOT
  const checkpoint = signNote(
    checkpointText({ origin: verifier.name, size, root }),
    pair.privateKey,
    verifier,
  )
  const text = formatTlogProof({
    extra: null,
    index: 42,
    hashes: await proveInclusion(store, 42, size),
    checkpoint,
  })
  const proof = parseTlogProof(text)
  expect(proof && verifyTlogProof(proof, entry(42), verifier)?.size).toBe(300)
  expect(proof && verifyTlogProof(proof, entry(43), verifier)).toBeUndefined()
  for (const bad of [
    text.replace('index 42', 'index 042'),
    text.replace('@v1', '@v2'),
    text.replace('\n\n', '\n'),
  ]) {
    expect(parseTlogProof(bad)).toBeUndefined()
  }
  expect(parseTlogProof(text.replace('index', 'extra AAAA\nindex'))?.extra).toHaveLength(3)
})

it('tile paths are those of C2SP tlog-tiles and come back', () => {
  expect(tilePath({ level: 0, index: 1_234_067, width: 256 })).toBe('tile/0/x001/x234/067')
  expect(tilePath({ level: 'entries', index: 273, width: 112 })).toBe('tile/entries/273.p/112')
  expect([0, 1, 2].map((l) => tileWidthAt(l, l === 0 ? 273 : l === 1 ? 1 : 0, 70_000))).toEqual([112, 17, 1])
  for (const bad of [
    'tile/00/000',
    'tile/0/0000',
    'tile/0/x000/001',
    'tile/0/001.p/256',
    'tile/0/../x',
    'tile/64/000',
  ]) {
    expect(parseTilePath(bad), bad).toBeUndefined()
  }
  fc.assert(
    fc.property(fc.nat(2_000_000_000), fc.integer({ min: 1, max: 256 }), (index, width) => {
      expect(parseTilePath(tilePath({ level: 3, index, width }))).toEqual({ level: 3, index, width })
    }),
    { seed: SEED },
  )
})
