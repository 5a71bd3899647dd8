import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ROOT } from '../rooms/source-files.ts'
import { blocksOf, playPage } from '../support/play-page.ts'

const FOLDER = join(ROOT, 'docs/how-to')
/** Those that the issue wants played; others may have blocks too, and are played then. */
const WANTED = [
  'add-a-rule.md',
  'add-a-type.md',
  'approve.md',
  'connect-a-partner.md',
  'erase.md',
  'partner-in-python.md',
  'replay.md',
]
const read = (name: string) => readFileSync(join(FOLDER, name), 'utf8')
const pages = readdirSync(FOLDER).filter((name) => blocksOf(read(name)).length > 0)

it('every page that should be played can be', () => {
  expect(pages).toEqual(expect.arrayContaining(WANTED))
})

it('a block that ends otherwise than its page says, or does not say its code, is seen', async () => {
  const wrong = ['```sh run', 'exit 3', '```', '```sh run says=MSG_DATA', 'echo MSG_SIZE', '```', ''].join(
    '\n',
  )
  const seen: [number, boolean][] = []
  await playPage(wrong, ({ block, code, out }) => {
    seen.push([code - block.exit, block.says.every((word) => out.includes(word))])
  })
  expect(seen).toEqual([
    [3, true],
    [0, false],
  ])
})

describe('pages, played from top to bottom', () => {
  it.each(pages)(
    '%s',
    async (name) => {
      await playPage(read(name), ({ block, code, out }) => {
        const said = block.says.filter((word) => out.includes(word))
        const where = `${name}:${block.line}\n${block.text}\n${out}`
        expect({ code, said }, where).toEqual({ code: block.exit, said: block.says })
      })
    },
    600_000,
  )
})
