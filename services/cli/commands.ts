import type { CliCommand } from './command.ts'
import { auditCommand } from './commands/audit.ts'
import { controlApply } from './commands/control-apply.ts'
import { controlShow } from './commands/control-show.ts'
import { doctor } from './commands/doctor.ts'
import { erase } from './commands/erase.ts'
import { explain } from './commands/explain.ts'
import { fsckCommand } from './commands/fsck.ts'
import { inbox } from './commands/inbox.ts'
import { init } from './commands/init.ts'
import { matrix } from './commands/matrix.ts'
import { newCommand } from './commands/new.ts'
import { partnerNew } from './commands/partner-new.ts'
import { pki } from './commands/pki.ts'
import { proveCommand } from './commands/prove.ts'
import { publish } from './commands/publish.ts'
import { redrive } from './commands/redrive.ts'
import { replayCommand } from './commands/replay.ts'
import { up } from './commands/up.ts'
import { why } from './commands/why.ts'

/** In the order in which a newcomer meets them. */
export const commands: readonly CliCommand[] = [
  up,
  why,
  explain,
  inbox,
  publish,
  matrix,
  proveCommand,
  auditCommand,
  fsckCommand,
  replayCommand,
  erase,
  redrive,
  controlShow,
  controlApply,
  pki,
  partnerNew,
  newCommand,
  init,
  doctor,
]
