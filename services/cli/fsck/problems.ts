/** `at`: topic/partition/seq, a path or a key id; `problem`: what is not as it must be. Never content. */
export interface Problem {
  readonly at: string
  readonly problem: string
}

const MOST = 1_000

/** Collects problems; beyond a thousand it only counts. */
export class Problems {
  readonly list: Problem[] = []
  count = 0

  add(at: string, problem: string): void {
    this.count += 1
    if (this.list.length < MOST) this.list.push({ at, problem })
  }

  /** Adds the problem unless `holds`. */
  expect(holds: boolean, at: string, problem: string): void {
    if (!holds) this.add(at, problem)
  }
}
