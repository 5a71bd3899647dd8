import { join } from 'node:path'

/** Where everything lies in a data directory. Keys are in `keys.db` and `pki/` only, partner identities in `partners/`. */
export interface StorePaths {
  /** The data directory itself. */
  readonly data: string
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

/**
 * `instance`: what tells several processes of one service on one data directory apart; each has derived state (folds, view,
 * poison marks) of its own.
 */
export function storePaths(data: string, instance?: string): StorePaths {
  const own = instance === undefined ? data : join(data, 'instances', instance)
  const folds = join(own, 'fold')
  const view = join(own, 'view.db')
  return {
    data,
    log: join(data, 'log.db'),
    keys: join(data, 'keys.db'),
    view,
    viewOf: (services) => (services.has('exchange') ? view : join(own, `view-${[...services].join('-')}.db`)),
    poison: join(own, 'poison.db'),
    fold: (partition) => join(folds, `${partition}.db`),
    folds,
    artefacts: join(data, 'artefacts'),
    ledger: join(data, 'ledger'),
    pki: join(data, 'pki'),
    partners: join(data, 'partners'),
  }
}
