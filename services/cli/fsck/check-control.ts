import type { Problems } from './problems.ts'
import type { FsckStore } from './store.ts'
import { type Voids, validRecords } from './valid-records.ts'

export interface ControlFound {
  readonly logId: string
  readonly latest: number
  /** `topic/partition` → SHA-256 (base64url) of its genesis. */
  readonly genesis: Readonly<Record<string, string>>
  /** Record that began each epoch: its seq and hash (hex). */
  readonly epochs: ReadonlyMap<number, { readonly seq: number; readonly hash: string }>
  /** For each epoch the artefacts that say what duties there are: path → hash. */
  readonly dutyFiles: ReadonlyMap<number, ReadonlyMap<string, string>>
}

const DUTY_FILE = /^contracts\/(?:register\/(?:duties|calendars|holidays)|partner\/[a-z0-9-]+)\.json$/

/** Control: epochs dense, genesis list there, every artefact of every epoch there under its own hash. */
export async function checkControl(
  store: FsckStore,
  voids: Voids,
  problems: Problems,
): Promise<ControlFound> {
  let found: ControlFound = { logId: '', latest: 0, genesis: {}, epochs: new Map(), dutyFiles: new Map() }
  const dutyFiles = new Map<number, ReadonlyMap<string, string>>()
  let files: ReadonlyMap<string, string> = new Map()
  const epochs = new Map<number, { seq: number; hash: string }>()
  const { control } = store.codecs
  const rule = (record: { seq: number; epoch: number }, last: { epoch: number }) =>
    record.seq === 2 ? record.epoch === 0 : record.epoch === last.epoch + 1
  const artefacts = new Set<string>()
  for await (const { record, hash } of validRecords(store.log, control, 'control', 0, voids, rule)) {
    const at = `control/0/${record.seq}`
    if (record.seq === 1) {
      found = { ...found, logId: record.genesis?.logId ?? '' }
      found = { ...found, genesis: { 'control/0': Buffer.from(hash, 'hex').toString('base64url') } }
    }
    if (record.seq === 2) {
      const all = record.genesis?.all ?? {}
      problems.expect(all['control/0'] === found.genesis['control/0'], at, 'lists another genesis of control')
      found = { ...found, genesis: all }
    }
    const changed = record.entries.filter(({ path }) => DUTY_FILE.test(path))
    if (changed.length > 0) files = withEntries(files, changed)
    dutyFiles.set(record.epoch, files)
    for (const { path, sha256 } of record.entries) {
      if (sha256 === null || artefacts.has(sha256)) continue
      artefacts.add(sha256)
      const bytes = await store.artefacts.get(sha256).catch(() => null)
      problems.expect(bytes !== undefined, path, `artefact of epoch ${record.epoch} is missing`)
      problems.expect(bytes !== null, path, `artefact of epoch ${record.epoch} is not what its hash says`)
    }
    if (record.epoch > 0) epochs.set(record.epoch, { seq: record.seq, hash })
    found = { ...found, latest: record.epoch, epochs, dutyFiles }
  }
  problems.expect(found.logId !== '', 'control/0', 'no genesis')
  return found
}

function withEntries(
  files: ReadonlyMap<string, string>,
  entries: readonly { readonly path: string; readonly sha256: string | null }[],
): ReadonlyMap<string, string> {
  const next = new Map(files)
  for (const { path, sha256 } of entries) {
    if (sha256 === null) next.delete(path)
    else next.set(path, sha256)
  }
  return next
}
