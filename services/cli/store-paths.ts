import { join } from 'node:path'

/** Where everything lies in a data directory. Keys are in `keys.db` and `pki/` only, partner identities in `partners/`. */
export interface StorePaths {
  readonly log: string
  readonly keys: string
  readonly view: string
  /** Each process has a view of its own; the one with the exchange has `view`. */
  viewOf(services: ReadonlySet<string>): string
  readonly poison: string
  fold(partition: number): string
  readonly folds: string
  readonly artefacts: string
  readonly ledger: string
  readonly pki: string
  readonly partners: string
}

export function storePaths(data: string): StorePaths {
  const folds = join(data, 'fold')
  const view = join(data, 'view.db')
  return {
    log: join(data, 'log.db'),
    keys: join(data, 'keys.db'),
    view,
    viewOf: (services) =>
      services.has('exchange') ? view : join(data, `view-${[...services].join('-')}.db`),
    poison: join(data, 'poison.db'),
    fold: (partition) => join(folds, `${partition}.db`),
    folds,
    artefacts: join(data, 'artefacts'),
    ledger: join(data, 'ledger'),
    pki: join(data, 'pki'),
    partners: join(data, 'partners'),
  }
}
