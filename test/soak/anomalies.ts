/** What may not be; every one is counted, and the first few of each kind are told. */
export const ANOMALIES = [
  'lost',
  'duplicate',
  'aborted read',
  'unobserved',
  'skip',
  'non-monotonic',
  'more than one first outcome',
  'another outcome than the law says',
  'refused at the door',
  'delivered without a permit',
  'more than one end',
  'repeat with an effect',
  'withheld value shown',
  'delivery that does not hold',
  'checkpoint not a prefix',
  'fsck',
  'audit',
  'replay differs',
  'not settled',
] as const
export type Anomaly = (typeof ANOMALIES)[number]

const TOLD = 5

export class Anomalies {
  readonly counts: Record<string, number> = Object.fromEntries(ANOMALIES.map((name) => [name, 0]))
  readonly examples: string[] = []

  add(anomaly: Anomaly, what: string): void {
    const before = this.counts[anomaly] ?? 0
    this.counts[anomaly] = before + 1
    if (before < TOLD) this.examples.push(`${anomaly}: ${what}`)
  }

  get total(): number {
    return Object.values(this.counts).reduce((sum, count) => sum + count, 0)
  }
}
