import { isMessagePath } from './data-path.ts'
import type { FactDeclaration } from './epoch.ts'
import { FACT_FUNCTIONS } from './fact-functions.ts'
import { parseFactType } from './fact-type.ts'
import { at, bad, flag, list, members, type Node, oneOf, openMembers, text, texts } from './read-json.ts'
import type { FactValue } from './verdict.ts'

const ORIGINS = ['C', 'T', 'A', 'G', 'R', 'X'] as const
const REQUIRED = ['name', 'type', 'origin', 'optional', 'nl', 'en']
const OPTIONAL = [
  'source',
  'fn',
  'register',
  'key',
  'value',
  'worst',
  'emittedBy',
  'assertedBy',
  'sameAs',
  'travels',
]

/** contracts/facts.json: each fact once, with exactly the one derivation that its origin has. Throws `OPS_CONTROL`. */
export function readFacts(root: Node): readonly FactDeclaration[] {
  const nodes = list(root)
  const facts = nodes.map(readFact)
  facts.forEach((fact, index) => {
    if (facts.findIndex(({ name }) => name === fact.name) !== index)
      bad(nodes[index] ?? root, 'declared twice')
  })
  return facts
}

function readFact(node: Node): FactDeclaration {
  const map = members(node, REQUIRED, OPTIONAL)
  const has = (name: string) => map.has(name)
  const read = <T>(name: string, reader: (cell: Node) => T): { readonly [key: string]: T } =>
    has(name) ? { [name]: reader(at(map, name)) } : {}
  const fact: FactDeclaration = {
    name: text(at(map, 'name')),
    type: text(at(map, 'type')),
    origin: oneOf(at(map, 'origin'), ORIGINS),
    optional: flag(at(map, 'optional')),
    nl: text(at(map, 'nl')),
    en: text(at(map, 'en')),
    ...read('source', text),
    ...read('fn', text),
    ...read('register', text),
    ...read('key', text),
    ...read('sameAs', text),
    ...read('travels', flag),
    ...read('emittedBy', texts),
    ...read('assertedBy', texts),
    ...read('value', readNames),
    ...read('worst', readWorst),
  }
  if (!/^[a-z][A-Za-z0-9]*$/.test(fact.name)) bad(at(map, 'name'), 'not a name')
  checkDerivation(fact, node)
  return fact
}

const readNames = (node: Node): Readonly<Record<string, string>> =>
  Object.fromEntries([...openMembers(node)].map(([name, cell]) => [name, text(cell)]))

function readWorst(node: Node): FactValue {
  return Object.fromEntries(
    [...openMembers(node)].map(([name, cell]) => [
      name,
      typeof cell.value === 'boolean' ? cell.value : text(cell),
    ]),
  )
}

const WAYS: Readonly<Record<FactDeclaration['origin'], readonly (keyof FactDeclaration)[]>> = {
  C: ['source'],
  T: ['emittedBy', 'assertedBy', 'sameAs', 'travels', 'value'],
  A: ['fn'],
  G: ['fn'],
  R: ['register', 'key', 'value'],
  X: ['fn'],
}

function checkDerivation(fact: FactDeclaration, node: Node): void {
  const type = parseFactType(fact.type, node.path)
  for (const way of WAYS[fact.origin])
    if (fact[way] === undefined) bad(node, `origin ${fact.origin} needs ${way}`)
  const allowed: readonly string[] = [
    ...REQUIRED,
    ...WAYS[fact.origin],
    ...(fact.origin === 'R' ? ['worst'] : []),
  ]
  for (const name of Object.keys(fact))
    if (!allowed.includes(name)) bad(node, `${name} means nothing for origin ${fact.origin}`)
  if (fact.fn !== undefined && !Object.hasOwn(FACT_FUNCTIONS, fact.fn)) bad(node, `no function ${fact.fn}`)
  if (fact.source !== undefined && !isMessagePath(fact.source)) bad(node, 'source is no path into a message')
  if ((fact.origin === 'T' || fact.origin === 'R') && type.kind !== 'record')
    bad(node, 'the type must be a record')
}
