import type { RecordCodecs } from '#core/log/codec.ts'
import type { ArtefactStore } from '#core/ports/artefact-store.ts'
import type { EventLog } from '#core/ports/event-log.ts'
import type { KeyStore } from '#core/ports/key-store.ts'
import type { TileSource } from '#core/ports/tile-store.ts'

/** What fsck looks at: the log, the keys, the artefacts and the published ledger; no fold and no view. */
export interface FsckStore {
  readonly log: EventLog
  readonly codecs: RecordCodecs
  readonly keys: KeyStore
  readonly artefacts: ArtefactStore
  readonly tiles: TileSource
}
