import type { CliCommand } from './command.ts'

/** A command by name; its file, and what that needs, is read when it is called. */
export interface CommandEntry {
  readonly name: string
  load(): Promise<CliCommand>
}

/** In the order in which a newcomer meets them. */
export const commands: readonly CommandEntry[] = [
  { name: 'up', load: async () => (await import('./commands/up.ts')).up },
  { name: 'why', load: async () => (await import('./commands/why.ts')).why },
  { name: 'duties', load: async () => (await import('./commands/duties.ts')).duties },
  { name: 'explain', load: async () => (await import('./commands/explain.ts')).explain },
  { name: 'inbox', load: async () => (await import('./commands/inbox.ts')).inbox },
  { name: 'publish', load: async () => (await import('./commands/publish.ts')).publish },
  { name: 'approve', load: async () => (await import('./commands/approve.ts')).approve },
  { name: 'app', load: async () => (await import('./commands/app.ts')).app },
  { name: 'ping', load: async () => (await import('./commands/ping.ts')).pingCommand },
  { name: 'matrix', load: async () => (await import('./commands/matrix.ts')).matrix },
  { name: 'prove', load: async () => (await import('./commands/prove.ts')).proveCommand },
  { name: 'audit', load: async () => (await import('./commands/audit.ts')).auditCommand },
  { name: 'fsck', load: async () => (await import('./commands/fsck.ts')).fsckCommand },
  { name: 'replay', load: async () => (await import('./commands/replay.ts')).replayCommand },
  { name: 'ldv export', load: async () => (await import('./commands/ldv-export.ts')).ldvExport },
  { name: 'top', load: async () => (await import('./commands/top.ts')).topCommand },
  { name: 'erase', load: async () => (await import('./commands/erase.ts')).erase },
  { name: 'account', load: async () => (await import('./commands/account.ts')).account },
  { name: 'redrive', load: async () => (await import('./commands/redrive.ts')).redrive },
  { name: 'control show', load: async () => (await import('./commands/control-show.ts')).controlShow },
  { name: 'control apply', load: async () => (await import('./commands/control-apply.ts')).controlApply },
  { name: 'pki', load: async () => (await import('./commands/pki.ts')).pki },
  { name: 'partner new', load: async () => (await import('./commands/partner-new.ts')).partnerNew },
  { name: 'partner sign', load: async () => (await import('./commands/partner-sign.ts')).partnerSign },
  { name: 'partner admit', load: async () => (await import('./commands/partner-admit.ts')).partnerAdmit },
  { name: 'partner keys', load: async () => (await import('./commands/partner-keys.ts')).partnerKeys },
  { name: 'new', load: async () => (await import('./commands/new.ts')).newCommand },
  { name: 'init', load: async () => (await import('./commands/init.ts')).init },
  { name: 'kafka up', load: async () => (await import('./commands/kafka-up.ts')).kafkaUp },
  { name: 'kafka apply', load: async () => (await import('./commands/kafka-apply.ts')).kafkaApply },
  { name: 'kafka user', load: async () => (await import('./commands/kafka-user.ts')).kafkaUser },
  { name: 'doctor', load: async () => (await import('./commands/doctor.ts')).doctor },
]
