import { runBrokers } from '../../infra/kafka/run-brokers.ts'

/** Runs one broker until it is killed: for a test of what is left behind. */
const running = await runBrokers({ folder: process.argv[2] ?? '', count: 1 })
process.stdout.write(`${JSON.stringify(running.pids())}\n`)
setInterval(() => undefined, 60_000)
