import type { FactInput } from './fact-functions.ts'
import { counts } from './register-row.ts'

/** Ranks of contracts/register/liaison-areas.json that route leads; strategic and thematic posts have no area of their own. */
const ROUTING: ReadonlySet<unknown> = new Set(['primary', 'secondary', 'resident', 'attention'])

/** Posts (partner ids) in whose area `data.country` lies at `at`; undefined when the message names no country. */
function postsOf({ message, epoch, at }: FactInput): readonly string[] | undefined {
  const country: unknown = message?.data['country']
  if (typeof country !== 'string') return undefined
  const rows = epoch.registers.get('liaison-areas')?.rows ?? []
  return rows
    .filter((row) => row['country'] === country && ROUTING.has(row['rank']))
    .filter((row) => row.from <= at && at < row.until && counts(epoch, row))
    .map((row) => String(row['post']))
}

/** The country of the message lies in the recipient's area, or in nobody's: then the national unit decides (domain EX-26, A-23). */
export function areaOpen(input: FactInput): boolean | undefined {
  const posts = postsOf(input)
  return posts && (posts.length === 0 || posts.includes(input.to.partner))
}

/** Some post has the country of the message in its area. */
export function areaMapped(input: FactInput): boolean | undefined {
  const posts = postsOf(input)
  return posts && posts.length > 0
}
