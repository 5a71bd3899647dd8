/** The only source of time. `now()` is milliseconds since the epoch; `sleep` ends early, without error, when the signal aborts. */
export interface Clock {
  now(): number
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}
