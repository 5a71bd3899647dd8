import { fail } from '#core/failure.ts'
import { newPartner } from '../../../infra/new/partner.ts'
import { newRule } from '../../../infra/new/rule.ts'
import { newType } from '../../../infra/new/type.ts'
import type { CliCommand } from '../command.ts'
import { projectRoot } from '../project-root.ts'

function write(kind: string, name: string, title: string): Promise<readonly string[]> {
  switch (kind) {
    case 'type':
      return Promise.resolve(newType(projectRoot(), name))
    case 'rule':
      return Promise.resolve(newRule(projectRoot(), name))
    case 'partner':
      return Promise.resolve(newPartner(projectRoot(), name, title))
    default:
      return fail('OPS_USAGE', '/kind', 'type, rule or partner')
  }
}

export const newCommand: CliCommand = {
  name: 'new',
  usage: 'new type|rule|partner <name> [<title>]',
  summary: 'Writes a correct skeleton with its two cases into this project',
  options: {},
  positionals: [2, 3],
  run: async (call) => {
    const [kind = '', name = '', title] = call.positionals
    const paths = await write(kind, name, title ?? name)
    call.out.answer({ written: paths }, ['written:', ...paths.map((path) => `  ${path}`)])
    return 0
  },
}
