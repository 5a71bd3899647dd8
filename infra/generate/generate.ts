import { readSchemas } from './read-schemas.ts'
import { recordSchemas } from './record-schemas.ts'

/** Every generated file: path from the root → text. Writes nothing. */
export async function generate(root: string): Promise<ReadonlyMap<string, string>> {
  const records = readSchemas(root, 'record')
  return new Map([['schemas/generated/record-schemas.ts', recordSchemas(records)]])
}
