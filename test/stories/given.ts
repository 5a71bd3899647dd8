/** What a case has given besides the contracts as they are: a world of its own. */
import type { InitOptions } from '#services/cli/init.ts'
import type { Case } from '#services/story/case.ts'

/** Options of a founding that makes what the case gives true. */
export function givenOf(story: Case | undefined): Partial<InitOptions> {
  const ended = story?.given?.agreementEnded
  return ended ? { amend: (artefacts) => endAgreement(artefacts, ended) } : {}
}

/** The agreement whose parties are exactly these partners ends yesterday. Throws when there is none. */
function endAgreement(artefacts: Map<string, Uint8Array>, partners: readonly string[]): void {
  const read = (path: string) => JSON.parse(Buffer.from(artefacts.get(path) ?? []).toString('utf8'))
  const oins = partners.map((id) => read(`contracts/partner/${id}.json`).oin as string)
  const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10)
  let ended = 0
  for (const path of artefacts.keys()) {
    if (!/^contracts\/agreement\/[^/]+\.json$/.test(path)) continue
    const agreement = read(path)
    if (agreement.kind !== 'agreement' || !oins.every((oin) => agreement.parties.includes(oin))) continue
    artefacts.set(path, Buffer.from(JSON.stringify({ ...agreement, until: yesterday })))
    ended += 1
  }
  if (ended === 0) throw new Error(`no agreement between ${partners.join(' and ')}`)
}
