export interface Sink {
  write(text: string): unknown
}

/** stdout carries the answer, stderr everything else. With --json stdout holds JSON lines and nothing besides. */
export class Output {
  readonly #json: boolean
  readonly #stdout: Sink
  readonly #stderr: Sink

  constructor(json: boolean, stdout: Sink, stderr: Sink) {
    this.#json = json
    this.#stdout = stdout
    this.#stderr = stderr
  }

  /** For people; silent with --json. */
  line(text = ''): void {
    if (!this.#json) this.#stdout.write(`${text}\n`)
  }

  /** The answer for machines, on one line; silent without --json. */
  json(value: unknown): void {
    if (this.#json) this.#stdout.write(`${JSON.stringify(value)}\n`)
  }

  /** One or the other. */
  answer(value: unknown, lines: readonly string[]): void {
    this.json(value)
    for (const line of lines) this.line(line)
  }

  /** Work that takes long, and what went wrong. */
  progress(text: string): void {
    this.#stderr.write(`${text}\n`)
  }
}
