import { type ApplyStep, applyDeclaration } from '#adapters/kafka/apply-topics.ts'
import { fail } from '#core/failure.ts'
import type { Call, CliCommand, ExitCode } from '../command.ts'
import { formatTable } from '../format-table.ts'
import { declarationFor, kafkaConfig, openCluster, partnersOf, partnersOfProject } from '../kafka-cluster.ts'

const DONE = { created: true, changed: true, removed: true, left: false, surplus: false } as const

function closing(steps: readonly ApplyStep[], dryRun: boolean): string {
  const done = steps.filter((one) => DONE[one.step]).length
  const surplus = steps.filter((one) => one.step === 'surplus').length
  const what = dryRun ? `${done} to do, nothing was done` : `${done} done`
  const note = surplus > 0 ? `; ${surplus} rights that nobody declared were left (--prune removes them)` : ''
  return `${what}${note}`
}

async function run(call: Call): Promise<ExitCode> {
  const config = (await kafkaConfig(call.data)) ?? fail('OPS_CONFIG', '/log', 'store.json names no Kafka')
  const cluster = await openCluster(call.data, config)
  try {
    const files = call.flag('from-project') ? await partnersOfProject() : await partnersOf(call.data, cluster)
    const declaration = await declarationFor(cluster, files, call.flag('single'))
    const dryRun = call.flag('dry-run')
    const options = { dryRun, prune: call.flag('prune'), secured: true }
    const steps = await applyDeclaration(cluster.admin, cluster.target, declaration, options)
    const rows = steps.map(({ step, what, detail }) => [step, what, detail])
    call.out.answer({ dryRun, steps }, [
      ...formatTable(['', 'what', 'detail'], rows),
      '',
      closing(steps, dryRun),
    ])
    return 0
  } finally {
    await cluster.close()
  }
}

export const kafkaApply: CliCommand = {
  name: 'kafka apply',
  usage: 'kafka apply [--dry-run] [--prune] [--single]',
  summary:
    'Makes topics, rights and quotas as infra/kafka/topics.json declares; never shrinks or removes a topic',
  options: {
    'dry-run': { type: 'boolean', text: 'say what would be done, do nothing' },
    prune: { type: 'boolean', text: 'take away rights that no declaration names' },
    single: {
      type: 'boolean',
      text: 'one broker: one replica each (one machine; nothing survives its disk)',
    },
    'from-project': {
      type: 'boolean',
      text: 'partners of contracts/partner, even where control knows better (a suspended one gets rights again)',
    },
  },
  positionals: [0, 0],
  run,
}
