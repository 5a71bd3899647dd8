/** Where a tile log lies: paths as in C2SP tlog-tiles (`checkpoint`, `tile/0/000`, `tile/entries/000.p/5`). */
export interface TileSource {
  /** Undefined when there is nothing at this path. Throws `OPS_LEDGER` when it cannot be read. */
  read(path: string): Promise<Uint8Array | undefined>
}

/** `write` is whole or not at all, and durable on return; a path that exists is replaced. */
export interface TileStore extends TileSource {
  write(path: string, bytes: Uint8Array): Promise<void>
  /** Removes what is there; nothing there is no error. */
  remove(path: string): Promise<void>
}
