import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseMessageType } from '#core/message/parse-message-type.ts'
import { generateMatrix } from '../../../infra/generate/matrix.ts'
import { partialMatch } from '../../../infra/generate/partial-match.ts'
import { ROOT } from '../../support/signed-contracts.ts'

describe('matrix', () => {
  it('is what the contracts make', async () => {
    const path = 'contracts/matrix.txt'
    expect((await generateMatrix(ROOT)).get(path)).toBe(readFileSync(join(ROOT, path), 'utf8'))
  })
  it('folds three-valued: what roles settle is sure or impossible, whatever the context', () => {
    const type = parseMessageType(readFileSync(join(ROOT, 'schemas/message/kmar/alert.v1.avsc'), 'utf8'))
    const policies = {
      sure: 'forbid(principal in Role::"a", action, resource);',
      never: 'forbid(principal in Role::"b", action, resource) when { context.facts.x };',
      settled:
        'forbid(principal, action, resource) when { context.facts.x } unless { resource in Role::"b" };',
      group: 'forbid(principal, action in Action::"personal", resource) when { context.facts has x };',
      other: 'forbid(principal, action == Action::"tip.feedback", resource) when { context.facts has x };',
      either: 'forbid(principal, action, resource) when { context.facts.x || !(resource in Role::"b") };',
      swallowed: 'forbid(principal, action, resource) when { context.facts.x && !(resource in Role::"b") };',
    }
    expect(partialMatch(policies, ['a'], type, ['b'])).toEqual({ sure: ['sure'], maybe: ['either', 'group'] })
  })
})
