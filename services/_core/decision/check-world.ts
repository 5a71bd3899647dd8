import { checkDuties } from '#core/duty/check-duties.ts'
import { fail } from '#core/failure.ts'
import type { Agreement, FactDeclaration, MessageType, Partner, Register } from './epoch.ts'
import { type FactType, parseFactType } from './fact-type.ts'
import { REGISTERS_NEEDED } from './read-register.ts'

export interface World {
  readonly partners: readonly Partner[]
  readonly agreements: readonly Agreement[]
  readonly registers: ReadonlyMap<string, Register>
  readonly codes: ReadonlyMap<string, readonly string[]>
  readonly types: ReadonlyMap<string, MessageType>
  readonly facts: readonly FactDeclaration[]
}

type Check = (entity: string, code: string | null, pointer: string) => void

/** Whether the artefacts name only what exists: a code, a type or a partner that is unknown throws `OPS_CONTROL`. */
export function checkWorld(world: World): void {
  for (const name of REGISTERS_NEEDED) {
    if (!world.registers.has(name))
      fail('OPS_CONTROL', `contracts/register/${name}.json`, 'this register is missing')
  }
  const known: Check = (entity, code, pointer) => {
    if (code !== null && !world.codes.get(entity)?.includes(code))
      fail('OPS_CONTROL', pointer, `no ${entity} ${code}`)
  }
  for (const partner of world.partners) checkPartner(partner, world, known)
  for (const agreement of world.agreements) checkAgreement(agreement, world, known)
  checkCategories(world)
  checkRegisters(world, known)
  checkDuties(world, known)
  for (const fact of world.facts) checkFact(fact, world)
}

function checkPartner(partner: Partner, { partners }: World, known: Check): void {
  const file = `contracts/partner/${partner.id}.json#`
  known('Country', partner.country, `${file}/country`)
  if (partner.via !== null && !partners.some(({ id }) => id === partner.via))
    fail('OPS_CONTROL', `${file}/via`, 'no such partner')
  if (partners.some((other) => other !== partner && other.oin === partner.oin))
    fail('OPS_CONTROL', `${file}/oin`, 'OIN given twice')
  for (const endpoint of partner.endpoints) {
    const place = `${file}/endpoints/${endpoint.name}`
    for (const role of endpoint.roles) known('Role', role, `${place}/roles`)
    known('Task', endpoint.task, `${place}/task`)
    known('Regime', endpoint.regime, `${place}/regime`)
  }
}

function checkAgreement(agreement: Agreement, { partners, types }: World, known: Check): void {
  const file = `contracts/agreement/${agreement.id}.json#`
  for (const oin of agreement.parties) {
    if (!partners.some((partner) => partner.oin === oin))
      fail('OPS_CONTROL', `${file}/parties`, 'no such partner')
  }
  for (const [index, entry] of agreement.lists.entries()) {
    const place = `${file}/lists/${index}`
    const type = types.get(entry.type)
    if (!type) fail('OPS_CONTROL', `${place}/type`, `no type ${entry.type}`)
    for (const role of [...entry.from, ...entry.to]) known('Role', role, place)
    known('Basis', entry.basis, `${place}/basis`)
    for (const purpose of entry.purposes) known('Purpose', purpose, `${place}/purposes`)
    const fields = ['*', ...type.fields.map(({ name }) => name)]
    for (const field of entry.profile) {
      if (!fields.includes(field)) fail('OPS_CONTROL', `${place}/profile`, `no field ${field}`)
    }
  }
  for (const consent of agreement.originatorConsent) {
    for (const role of consent.roles) known('Role', role, `${file}/originatorConsent`)
    for (const purpose of consent.purposes) known('Purpose', purpose, `${file}/originatorConsent`)
    for (const type of consent.types)
      if (!types.has(type)) fail('OPS_CONTROL', `${file}/originatorConsent`, `no type ${type}`)
  }
  for (const purpose of agreement.marks.limit ?? []) known('Purpose', purpose, `${file}/marks/limit`)
}

function checkCategories({ types, registers }: World): void {
  const categories = registers.get('categories')?.rows.map((row) => row['category']) ?? []
  for (const type of types.values()) {
    for (const field of type.fields) {
      if (!categories.includes(field.category))
        fail('OPS_CONTROL', `${type.name}#/${field.name}`, `no category ${field.category}`)
    }
  }
}

function checkRegisters({ registers, types }: World, known: Check): void {
  const rows = (name: string) => registers.get(name)?.rows ?? []
  for (const row of rows('countries')) known('Led', String(row['led']), 'contracts/register/countries.json')
  for (const name of ['transfers', 'assurances']) {
    for (const row of rows(name)) known('Country', String(row['country']), `contracts/register/${name}.json`)
  }
  const file = 'contracts/register/approvals.json'
  for (const row of rows('approvals')) {
    known('Role', String(row['ask']), file)
    known('Basis', String(row['basis']), file)
    known('Purpose', String(row['purpose']), file)
    for (const type of row['types'] as readonly string[])
      if (!types.has(type)) fail('OPS_CONTROL', file, `no type ${type}`)
  }
}

function checkFact(fact: FactDeclaration, { codes, registers, types }: World): void {
  const pointer = `contracts/facts.json#/${fact.name}`
  checkEnums(parseFactType(fact.type, pointer), codes, pointer)
  if (fact.register !== undefined && !registers.has(fact.register))
    fail('OPS_CONTROL', pointer, `no register ${fact.register}`)
  for (const role of fact.assertedBy ?? []) {
    if (!codes.get('Role')?.includes(role)) fail('OPS_CONTROL', pointer, `no role ${role}`)
  }
  for (const name of fact.emittedBy ?? []) {
    const fields = types.get(name)?.fields.map((field) => field.name)
    if (!fields) fail('OPS_CONTROL', pointer, `no type ${name}`)
    const used = [
      fact.sameAs ?? '',
      ...Object.values(fact.value ?? {}).map((path) => path.split('.')[0] ?? ''),
    ]
    for (const field of used)
      if (!fields.includes(field)) fail('OPS_CONTROL', pointer, `${name} has no field ${field}`)
  }
}

function checkEnums(type: FactType, codes: ReadonlyMap<string, readonly string[]>, pointer: string): void {
  for (const name of enumsOf(type)) if (!codes.has(name)) fail('OPS_CONTROL', pointer, `no codes ${name}`)
}

function enumsOf(type: FactType): readonly string[] {
  switch (type.kind) {
    case 'primitive':
      return []
    case 'enum':
      return [type.name]
    case 'set':
      return enumsOf(type.of)
    case 'record':
      return [...type.fields.values()].flatMap((field) => enumsOf(field.type))
  }
}
