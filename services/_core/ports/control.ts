import type { Epoch } from '#core/decision/epoch.ts'

/** `readAt`: when this instance last read control to its end, ms of its own clock. */
export interface ControlReading {
  readonly epoch: Epoch
  readonly readAt: number
}

/** Control as one instance has read it (design §3). A missing artefact or a broken chain throws `OPS_CONTROL`. */
export interface Control {
  /** The last successful reading. */
  current(): ControlReading
  /** Reads to the end now; on failure the last reading stays and ages. */
  refresh(): Promise<ControlReading>
  /** Bytes of an artefact as of the current epoch (`pki/ca.pem`); undefined when that path is not in it. */
  artefact(path: string): Promise<Uint8Array | undefined>
}
