import { fail } from '#core/failure.ts'
import type { CliCommand } from '../command.ts'
import { projectRoot } from '../project-root.ts'

/** The skeleton writers are loaded when they are asked for: no other command needs the generator's tools. */
async function write(
  kind: string,
  name: string,
  title: string,
  partnerKind?: string,
): Promise<readonly string[]> {
  switch (kind) {
    case 'type':
      return (await import('../../../infra/new/type.ts')).newType(projectRoot(), name)
    case 'rule':
      return (await import('../../../infra/new/rule.ts')).newRule(projectRoot(), name)
    case 'partner':
      return (await import('../../../infra/new/partner.ts')).newPartner(
        projectRoot(),
        name,
        title,
        partnerKind,
      )
    default:
      return fail('OPS_USAGE', '/kind', 'type, rule or partner')
  }
}

export const newCommand: CliCommand = {
  name: 'new',
  usage: 'new type|rule|partner <name> [<title>] [<kind>]',
  summary: 'Writes a correct skeleton with its two cases into this project',
  options: {},
  positionals: [2, 4],
  run: async (call) => {
    const [kind = '', name = '', title, partnerKind] = call.positionals
    const paths = await write(kind, name, title ?? name, partnerKind)
    call.out.answer({ written: paths }, ['written:', ...paths.map((path) => `  ${path}`)])
    return 0
  },
}
