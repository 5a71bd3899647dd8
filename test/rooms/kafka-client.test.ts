import { describe, expect, it } from 'vitest'
import { sourceFiles } from './source-files.ts'

const CLIENT = 'services/_adapters/kafka/client.ts'
const product = [...sourceFiles('services'), ...sourceFiles('infra')].filter(({ path }) =>
  path.endsWith('.ts'),
)

/** kafkajs 2.2.4 is unmaintained: what is wrong with it is mended in one place, and what is worst of it is not used (decision 0012). */
describe('kafkajs', () => {
  it('is imported by one file', () => {
    const importers = product.filter(
      ({ path, text }) => path !== CLIENT && /['"]kafkajs(\/[^'"]*)?['"]/.test(text),
    )
    expect(importers.map(({ path }) => path)).toEqual([])
    expect(product.some(({ path }) => path === CLIENT)).toBe(true)
  })

  it('has neither its producer nor its consumer used: no transactions, no blocks over several partitions', () => {
    const users = product.filter(({ text }) => /\.(producer|consumer|sendBatch|transaction)\(/.test(text))
    expect(users.map(({ path }) => path)).toEqual([])
  })
})
