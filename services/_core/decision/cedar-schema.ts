import type { FactDeclaration, MessageType } from './epoch.ts'
import { factTypeText, parseFactType } from './fact-type.ts'

/** Group of every type that guards reach: all but requests for approval, whose own verdict can never be a hold. */
export const GUARDED = 'guarded'

export interface SchemaInput {
  readonly codes: ReadonlyMap<string, readonly string[]>
  readonly facts: readonly FactDeclaration[]
  readonly types: ReadonlyMap<string, MessageType>
}

export const isApprovalType = (name: string): boolean => name === 'approval' || name.startsWith('approval.')

/** Types that are handed to recipients: those for the exchange itself are never decided on. */
export function decidedTypes(types: ReadonlyMap<string, MessageType>): readonly MessageType[] {
  return [...types.values()].filter((type) => !type.toExchange).sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** Groups of a type, `guarded` included. */
export function groupsOf(type: MessageType): readonly string[] {
  return isApprovalType(type.name) ? type.groups : [GUARDED, ...type.groups]
}

/** The Cedar schema from codes, facts and message types: what a rule may name is what it lists, nothing else. */
export function cedarSchema(input: SchemaInput): string {
  const enums = [...input.codes]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([entity, codes]) => {
      return `entity ${entity} enum [${codes.map((code) => JSON.stringify(code)).join(', ')}];`
    })
  const types = decidedTypes(input.types)
  const groups = [...new Set([GUARDED, ...types.flatMap((type) => type.groups)])].sort()
  const facts = input.facts.map((fact) => {
    const type = factTypeText(parseFactType(fact.type, `contracts/facts.json#/${fact.name}`))
    return `    ${fact.name}${fact.optional ? '?' : ''}: ${type}`
  })
  return [
    ...enums,
    'entity Endpoint in [Role, Controller, Country, Task] { oin: String, controller: Controller, country: Country, task?: Task };',
    'type Context = {',
    '  terms: { purpose: Purpose, basis: Basis, ground: Ground, validUntil?: datetime },',
    '  at: { decided: datetime, occurred?: datetime },',
    '  label: { handling: Handling, regime: Regime },',
    '  facts: {',
    facts.join(',\n'),
    '  }',
    '};',
    ...groups.map((group) => `action ${JSON.stringify(group)};`),
    ...types.map((type) => {
      const parents = groupsOf(type)
        .map((group) => JSON.stringify(group))
        .join(', ')
      const into = parents === '' ? '' : ` in [${parents}]`
      return `action ${JSON.stringify(type.name)}${into} appliesTo { principal: [Endpoint], resource: [Endpoint], context: Context };`
    }),
    '',
  ].join('\n')
}
