import type { SoakReport } from './run-soak.ts'

const row = (name: string, value: string | number) => `  ${name.padEnd(36)} ${value}`

/** The final table. */
export function drawReport(report: SoakReport): readonly string[] {
  const { counts, judgement, done } = report
  const kills = Object.entries(done.kills)
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([name, count]) => `${name} ${count}`)
  const states = Object.entries(judgement.states).map(([name, count]) => `${name} ${count}`)
  return [
    `soak on ${report.profile}, seed ${report.seed}, ${report.seconds.toFixed(0)} s, settled after ${report.settledSeconds.toFixed(0)} s`,
    row('messages acknowledged (202)', counts.acknowledged),
    row('sent again after 503 or silence', counts.again),
    row('never acknowledged', counts.unanswered),
    row('deliveries seen', counts.delivered),
    row('opened, verified, acknowledged', counts.opened),
    row('erasures', counts.erased),
    row('kill -9', `${report.kills}  (${kills.join(', ')})`),
    row('pauses', done.pauses),
    row('exchanges that left and came back', done.leaves),
    row('late and lost answers of brokers', done.network),
    row('rivals that own everything', done.rivals),
    row('exchanges that joined and left', done.joined),
    row('stores that were away for a while', done.downs),
    row('full disks', done.fullDisks),
    row('faults whose target was not there', done.missed),
    row('outcomes valid, void', `${judgement.outcomes}, ${judgement.voids}`),
    row('hand-offs', `${judgement.handoffs}  (${states.join(', ')})`),
    row('ledger leaves, checkpoints kept', `${judgement.leaves}, ${judgement.checkpoints}`),
    row('verdicts derived again', judgement.replayed),
    '  anomalies',
    ...Object.entries(judgement.anomalies.counts).map(([name, count]) => row(`  ${name}`, count)),
    ...judgement.anomalies.examples.map((example) => `  ! ${example}`),
  ]
}
