import { compatibilityFaults } from './compatibility.ts'
import { deploymentFiles } from './deployment.ts'
import { jsonSchemas } from './json-schemas.ts'
import { generateMatrix } from './matrix.ts'
import { messageTypes } from './message-types.ts'
import { brokenPromises, publishedModule, readPublished } from './published.ts'
import { readSchemas } from './read-schemas.ts'
import { recordSchemas } from './record-schemas.ts'
import { typesTable } from './types-table.ts'

/** Every generated file: path from the root → text. Writes nothing. Throws when a published schema was changed or versions cannot read each other. */
export async function generate(root: string): Promise<ReadonlyMap<string, string>> {
  const records = readSchemas(root, 'record')
  const messages = readSchemas(root, 'message')
  const published = readPublished(root)
  const broken = brokenPromises(published, [...records, ...messages])
  if (broken.length > 0)
    throw new Error(`published schemas never change: ${broken.join(', ')}; make a new version`)
  const faults = compatibilityFaults([...records, ...messages])
  if (faults.length > 0) throw new Error(`versions must read each other:\n${faults.join('\n')}`)
  return new Map([
    ['schemas/generated/record-schemas.ts', recordSchemas(records)],
    ['schemas/generated/message-types.ts', messageTypes(messages)],
    ['schemas/generated/published.ts', publishedModule(published)],
    ...jsonSchemas(messages),
    ['docs/types.md', typesTable(messages)],
    ...(await generateMatrix(root)),
    ...deploymentFiles(root),
  ])
}
