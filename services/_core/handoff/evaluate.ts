import { createDoorway } from './doorway.ts'
import { evaluateCommand } from './evaluate-command.ts'
import { evaluateMessage } from './evaluate-message.ts'
import type { Evaluator } from './evaluator.ts'
import { createSealer } from './sealer.ts'
import { ServiceKeys } from './service-keys.ts'
import { expireRows, sweepRows, tickDuties } from './sweep.ts'

/** The real way of a message behind `Evaluator`: what the exchange runs. One per process. */
export function createEvaluator(): Evaluator {
  const serviceKeys = new ServiceKeys()
  const doorway = createDoorway(serviceKeys)
  const sealer = createSealer(serviceKeys, doorway)
  return {
    input(input, context) {
      serviceKeys.enter(context.epoch.number)
      return input.inbound.kind === 'command'
        ? evaluateCommand(input, context)
        : evaluateMessage(input, context, doorway, sealer)
    },
    expire: expireRows,
    duties: tickDuties,
    sweep(rows, context) {
      serviceKeys.enter(context.epoch.number)
      return sweepRows(rows, context, doorway, sealer)
    },
  }
}
