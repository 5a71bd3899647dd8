import { controlDate } from '#core/decision/control-date.ts'
import {
  at,
  bad,
  flag,
  list,
  members,
  type Node,
  oneOf,
  openMembers,
  text,
  texts,
} from '#core/decision/read-json.ts'
import {
  canBeMissed,
  DUTY_KINDS,
  DUTY_OWNERS,
  type DutyRule,
  type Follow,
  RELATIONS,
  type When,
} from './duty-rule.ts'
import { parseTerm, type Term } from './term.ts'

const REQUIRED = [
  'duty',
  'kind',
  'owner',
  'starts',
  'clock',
  'term',
  'calendar',
  'article',
  'nl',
  'en',
  'source',
  'verified',
  'from',
  'until',
]
const OPTIONAL = ['rolls', 'remind', 'metBy', 'awaits', 'restartedBy', 'endedBy']
const NAME = /^[a-z][a-z0-9-]{0,63}$/
const PATH = /^(?:data|context|toExchange|terms)(?:\.[a-zA-Z][a-zA-Z0-9]*)+$/
const CALENDAR = /^(?:sender|recipient|[A-Z]{2})$/

/** A row of contracts/register/duties.json, strictly: docs/how-to/duties.md says what each member means. Throws `OPS_CONTROL`. */
export function readDuty(node: Node): DutyRule {
  const map = members(node, REQUIRED, OPTIONAL)
  const [from, until] = [controlDate(at(map, 'from')), controlDate(at(map, 'until'))]
  if (until <= from) bad(at(map, 'until'), 'not after from')
  const rule: DutyRule = {
    duty: named(at(map, 'duty'), NAME),
    kind: oneOf(at(map, 'kind'), DUTY_KINDS),
    owner: oneOf(at(map, 'owner'), DUTY_OWNERS),
    starts: readStarts(at(map, 'starts')),
    clock: at(map, 'clock').value === 'sealed' ? 'sealed' : named(at(map, 'clock'), PATH),
    term: at(map, 'term').value === null ? null : readTerm(at(map, 'term')),
    calendar: named(at(map, 'calendar'), CALENDAR),
    rolls: map.has('rolls') && flag(at(map, 'rolls')),
    remind: map.has('remind') ? readTerm(at(map, 'remind')) : null,
    metBy: map.has('metBy') ? readFollow(at(map, 'metBy')) : null,
    awaits: map.has('awaits') ? readAwaits(at(map, 'awaits')) : null,
    restartedBy: map.has('restartedBy') ? readFollow(at(map, 'restartedBy')) : null,
    endedBy: map.has('endedBy') ? readFollow(at(map, 'endedBy')) : null,
    article: text(at(map, 'article')),
    nl: text(at(map, 'nl')),
    en: text(at(map, 'en')),
    source: text(at(map, 'source')),
    verified: flag(at(map, 'verified')),
    from,
    until,
  }
  check(rule, node)
  return rule
}

/** What would make a row that can never do what it says. */
function check(rule: DutyRule, node: Node): void {
  const { kind, owner, clock, term } = rule
  if (clock === 'sealed' && term === null) bad(node, 'a duty from the hand-off on needs a term')
  if (canBeMissed(kind) !== (rule.metBy !== null)) bad(node, `metBy and kind ${kind} do not go together`)
  if ((kind === 'erase') !== (owner === 'exchange')) bad(node, 'the exchange owns erasing, and nothing else')
  if (!canBeMissed(kind) && (rule.awaits || rule.restartedBy))
    bad(node, `the clock of ${kind} does not stand`)
  if ((rule.awaits || rule.restartedBy) && clock !== 'sealed')
    bad(node, 'only a clock from the hand-off restarts')
  if (rule.awaits && !rule.restartedBy && !rule.endedBy)
    bad(node, 'a clock that stands must be restarted or ended by something')
}

function named(node: Node, pattern: RegExp): string {
  const value = text(node)
  return pattern.test(value) ? value : bad(node, 'not in the form of this member')
}

function readTerm(node: Node): Term {
  return parseTerm(text(node)) ?? bad(node, 'not a term: P10WD, P28D, P4W, P6M, P1Y or PT48H')
}

function readStarts(node: Node): DutyRule['starts'] {
  const map = members(node, ['types'], ['from', 'to', 'when'])
  const roles = (name: string) => (map.has(name) ? filled(at(map, name)) : null)
  return { types: filled(at(map, 'types')), from: roles('from'), to: roles('to'), when: readWhen(map) }
}

function readFollow(node: Node): Follow {
  return follow(members(node, ['relation'], ['types', 'when']), node)
}

function readAwaits(node: Node): Follow & { readonly state: string } {
  const map = members(node, ['relation', 'types', 'state'], ['when'])
  return { ...follow(map, node), state: named(at(map, 'state'), NAME) }
}

function follow(map: ReadonlyMap<string, Node>, node: Node): Follow {
  const relation = oneOf(at(map, 'relation'), RELATIONS)
  const acknowledged = relation === 'acknowledged'
  if (acknowledged && (map.has('types') || map.has('when')))
    bad(node, 'an acknowledgement has no type to choose')
  return { relation, types: acknowledged ? [] : filled(at(map, 'types')), when: readWhen(map) }
}

function readWhen(map: ReadonlyMap<string, Node>): When {
  if (!map.has('when')) return new Map()
  return new Map(
    [...openMembers(at(map, 'when'))].map(([path, values]) => {
      if (!PATH.test(path)) bad(values, 'not a path into the message')
      return [path, filled(values)]
    }),
  )
}

function filled(node: Node): readonly string[] {
  if (list(node).length === 0) bad(node, 'empty')
  return texts(node)
}
