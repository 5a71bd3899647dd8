/** Cedar's public corpus, unpacked from `corpus-tests.tar.gz` of github.com/cedar-policy/cedar-go v1.9.0. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CorpusCase, CorpusRequest } from '../../support/cedar-corpus.ts'

interface CaseFile {
  readonly policies: string
  readonly entities: string
  readonly requests: readonly CorpusRequest[]
}

/** Every case in `folder`, in the order of names; equal requests once. */
export function* readCorpus(folder: string): Generator<CorpusCase> {
  const text = (path: string) => readFileSync(join(folder, path), 'utf8')
  const names = readdirSync(join(folder, 'corpus-tests')).filter((name) => /^[0-9a-f]{40}\.json$/.test(name))
  for (const file of names.sort()) {
    const one = JSON.parse(text(`corpus-tests/${file}`)) as CaseFile
    const requests = one.requests.map(({ principal, action, resource, context, decision, reason, errors }) =>
      JSON.stringify({ principal, action, resource, context, decision, reason, errors }),
    )
    yield {
      name: file.slice(0, -'.json'.length),
      policies: text(one.policies),
      entities: JSON.parse(text(one.entities)),
      requests: [...new Set(requests)].map((request) => JSON.parse(request)),
    }
  }
}
