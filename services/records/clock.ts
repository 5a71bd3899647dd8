/** Time of the machine, or of a test: ms since 1970. */
export interface Clock {
  now(): number
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}
