import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { Drawer } from '#services/records/drawer.ts'

interface Kinds {
  file: { readonly name: string }
  note: { readonly text: string }
}

const folder = mkdtempSync(join(tmpdir(), 'schakel-drawer-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const bytes = () =>
  readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), 'latin1'))
    .join('')

describe('a drawer', () => {
  it('has nothing in it, and takes nothing out of another kind or folder', () => {
    const drawer = new Drawer<Kinds>(':memory:')
    expect([drawer.get('file', 'a'), drawer.all('file')]).toEqual([undefined, []])
    drawer.put('file', 'a', 'one', { name: 'x' })
    expect([drawer.drop('note', 'one'), drawer.drop('file', 'two')]).toEqual([0, 0])
    drawer.remove('note', 'a')
    expect(drawer.all('file', 'one')).toEqual([{ id: 'a', folder: 'one', value: { name: 'x' } }])
    drawer.close()
  })

  it('outlives the process, for its owner only; what is dropped is in no byte of the disk', () => {
    const path = join(folder, 'desk.db')
    const first = new Drawer<Kinds>(path)
    first.put('file', 'a', 'one', { name: 'VERZONNEN-NAAM'.repeat(400) })
    first.put('note', 'b', 'one', { text: 'blijft' })
    first.close()
    expect(statSync(path).mode & 0o077).toBe(0)
    expect(bytes()).toContain('VERZONNEN-NAAM')
    const second = new Drawer<Kinds>(path)
    expect(second.get('note', 'b')).toEqual({ text: 'blijft' })
    expect(second.drop('file', 'one')).toBe(1)
    expect(bytes()).not.toContain('VERZONNEN-NAAM')
    second.close()
    expect(bytes()).not.toContain('VERZONNEN-NAAM')
    expect(bytes()).toContain('blijft')
  })
})
