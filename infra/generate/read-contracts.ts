import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { cedarEngine } from '#adapters/policy-engine/cedar.ts'
import { codeTables } from '#core/decision/codes.ts'
import type { Agreement, FactDeclaration, MessageType, Partner, Register } from '#core/decision/epoch.ts'
import type { LintPolicy } from '#core/decision/lint-policies.ts'
import { parsePolicies } from '#core/decision/load-policies.ts'
import { readAgreement } from '#core/decision/read-agreement.ts'
import { readFacts } from '#core/decision/read-facts.ts'
import { type Node, readJson } from '#core/decision/read-json.ts'
import { readPartner } from '#core/decision/read-partner.ts'
import { readRegister } from '#core/decision/read-register.ts'
import type { TypeName } from '#core/ids.ts'
import { parseMessageType } from '#core/message/parse-message-type.ts'

/** The contracts as they lie in the repository, unsigned: what the matrix is made from. */
export interface Contracts {
  readonly partners: readonly Partner[]
  readonly agreements: readonly Agreement[]
  readonly registers: ReadonlyMap<string, Register>
  readonly codes: ReadonlyMap<string, readonly string[]>
  readonly facts: readonly FactDeclaration[]
  readonly types: ReadonlyMap<TypeName, MessageType>
  readonly policies: readonly LintPolicy[]
}

/** Reads them with the readers of an epoch: a mistake throws `OPS_CONTROL` here as it would there. */
export function readContracts(root: string): Contracts {
  const json = (folder: string) => files(root, folder, '.json')
  const partners = json('contracts/partner').map(([path, bytes]) =>
    readPartner(nameOf(path), readJson(path, bytes)),
  )
  const agreements = json('contracts/agreement').map(([path, bytes]) =>
    readAgreement(nameOf(path), readJson(path, bytes)),
  )
  const registers = new Map(
    json('contracts/register').map(([path, bytes]) => [
      nameOf(path),
      readRegister(nameOf(path), readJson(path, bytes)),
    ]),
  )
  const types = files(root, 'schemas/message', '.avsc').map(([, bytes]) =>
    parseMessageType(bytes.toString('utf8')),
  )
  const newest = [...types].sort((a, b) => a.version - b.version)
  const byName = new Map(newest.map((type) => [type.name, type]))
  const legal = files(root, 'contracts/legal', '.cedar').map(
    ([path, bytes]) => [path, bytes.toString('utf8')] as const,
  )
  return {
    partners,
    agreements,
    registers,
    codes: codeTables(registers, partners),
    facts: readFacts(factsNode(root)),
    types: byName,
    policies: parsePolicies(new Map(legal), cedarEngine(), byName),
  }
}

function factsNode(root: string): Node {
  const path = 'contracts/facts.json'
  return readJson(path, readFileSync(join(root, path)))
}

const nameOf = (path: string): string => (path.split('/').at(-1) ?? '').replace(/\.json$/, '')

function files(root: string, folder: string, ending: string): readonly (readonly [string, Buffer])[] {
  const names = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
  const paths = names
    .filter((name) => name.endsWith(ending))
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
  return paths.sort().map((path) => [path, readFileSync(join(root, path))] as const)
}
