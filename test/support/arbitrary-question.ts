/** Questions under the checked-in contracts, mostly sensible and now and then not: for comparing engines. */
import { compiledEngine } from '#adapters/policy-engine/compiled.ts'
import { codeTables } from '#core/decision/codes.ts'
import { deriveQuestion } from '#core/decision/derive-facts.ts'
import type { Epoch } from '#core/decision/epoch.ts'
import { type FactType, parseFactType } from '#core/decision/fact-type.ts'
import { NO_APPROVALS } from '#core/decision/judge-approvals.ts'
import { contextPaths, namedEntities } from '#core/decision/policy-tree.ts'
import type { FactValue, Question } from '#core/decision/verdict.ts'
import { readContracts } from './signed-contracts.ts'
import { story } from './story-messages.ts'
import { travel } from './travel-messages.ts'
import { NOW, verifiedMessage } from './verified-message.ts'

/** xorshift32: small, seeded, the same everywhere. Neighbouring seeds make sequences of their own. */
export function chance(seed: number): () => number {
  let state = Math.imul(seed, 0x9e3779b1) ^ 0x5bd1e995 || 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}

const DAY = 86_400_000

/** What one policy looks at: facts by name, and the codes it names, by table. */
interface Aim {
  readonly reach: readonly string[]
  readonly facts: readonly string[]
  readonly codes: ReadonlyMap<string, readonly string[]>
}

/** Every policy of the checked-in rules. */
function aimsOf(epoch: Epoch): readonly Aim[] {
  const engine = compiledEngine()
  return [...readContracts()]
    .filter(([path]) => path.endsWith('.cedar'))
    .flatMap(([, bytes]) => engine.parse(Buffer.from(bytes).toString('utf8')))
    .map((policy) => ({
      reach: epoch.policies.get(policy.annotations['id'] ?? '')?.reach ?? [],
      facts: contextPaths(policy).flatMap(({ path }) => (path[0] === 'facts' ? (path[1] ?? []) : [])),
      codes: namedEntities(policy),
    }))
    .filter(({ reach }) => reach.length > 0)
}

export class QuestionMaker {
  readonly #aims: readonly Aim[]
  readonly #epoch: Epoch
  readonly #next: () => number
  readonly #codes: ReadonlyMap<string, readonly string[]>
  readonly #bases: readonly Question[]
  readonly #facts: readonly { name: string; type: FactType; optional: boolean }[]

  constructor(epoch: Epoch, seed: number) {
    this.#epoch = epoch
    this.#next = chance(seed)
    this.#codes = codeTables(epoch.registers, [...epoch.partners.values()])
    const drafts = [
      story.tip(),
      story.question(),
      story.answer(),
      story.risk(),
      story.request(),
      story.diffusion(),
      story.decision(),
      story.ask(),
    ]
    const more = [story.alert(), story.result(), story.disclosure(true), story.feedback()]
    const border = [travel.batch(), travel.hit(), travel.onward(), travel.purged()]
    const pnr = [travel.push(), travel.pnrHit(), travel.asks(), travel.answer('2026-05-23')]
    this.#bases = [...drafts, ...more, ...border, ...pnr].flatMap((draft) => {
      const message = verifiedMessage(epoch, draft)
      return message.terms.map((_, index) => deriveQuestion(message, index, epoch, NOW, NO_APPROVALS))
    })
    this.#aims = aimsOf(epoch)
    this.#facts = epoch.facts.map(({ name, type, optional }) => {
      return { name, type: parseFactType(type, name), optional }
    })
  }

  next(): Question {
    const aim = this.#maybe(0.25) ? this.#one(this.#aims) : undefined
    const start = this.#one(this.#bases)
    const pinned = aim ?? (this.#maybe(0.25) ? {} : undefined)
    const base = pinned ? this.#pinned(start, aim?.reach) : start
    const facts: Record<string, FactValue> = { ...base.facts }
    const changes = Math.floor(this.#next() * 5)
    const decided = this.#maybe(0.3) ? this.#time(NOW) : NOW
    for (let i = 0; i < changes; i += 1) this.#change(facts, decided)
    if (aim) for (const name of aim.facts) if (this.#maybe(0.7)) this.#change(facts, decided, name, aim.codes)
    const terms = { ...base.terms }
    if (this.#maybe(0.15)) terms.basis = this.#code('Basis')
    if (this.#maybe(0.15)) terms.purpose = this.#code('Purpose')
    if (this.#maybe(0.2)) terms.ground = this.#code('Ground')
    const endpoints = [...this.#epoch.endpoints.keys()]
    return {
      ...base,
      terms: { ...terms, validUntil: this.#maybe(0.2) ? this.#time(decided) : terms.validUntil },
      from: this.#maybe(0.15) ? this.#one(endpoints) : base.from,
      to: this.#maybe(0.3) ? this.#one(endpoints) : base.to,
      type: this.#maybe(0.1) ? this.#one(this.#bases).type : base.type,
      at: { decided, occurred: this.#maybe(0.3) ? this.#time(decided) : base.at.occurred },
      label: {
        ...base.label,
        handling: this.#maybe(0.2) ? this.#code('Handling') : base.label.handling,
        regime: this.#maybe(0.2) ? this.#code('Regime') : base.label.regime,
      },
      facts,
    }
  }

  /** As some permit wants it, so that permits whose message no story sends are asked about as well. */
  #pinned(base: Question, types?: readonly string[]): Question {
    const all = [...this.#epoch.policies.values()].flatMap((policy) => policy.pins ?? [])
    const type = types && this.#one(types)
    const wanted = all.filter((pins) => pins.type === type)
    const pins = this.#one(wanted.length > 0 ? wanted : all)
    const among = (role: string, otherwise: string): string => {
      const able = [...this.#epoch.endpoints.values()].filter(({ roles }) => roles.includes(role))
      return able.length === 0 ? otherwise : this.#one(able).urn
    }
    return {
      ...base,
      // A type that no permit reaches is asked about, too.
      type: (type ?? pins.type) as Question['type'],
      from: among(pins.from, base.from) as Question['from'],
      to: among(pins.to, base.to) as Question['to'],
      terms: { ...base.terms, basis: pins.basis, purpose: pins.purpose },
      facts: { ...base.facts, flags: pins.flags },
    }
  }

  /** `aimed`: the fact to change; `codes`: those that matter to some policy. */
  #change(
    facts: Record<string, FactValue>,
    decided: number,
    aimed?: string,
    codes: ReadonlyMap<string, readonly string[]> = new Map(),
  ): void {
    const fact = this.#facts.find(({ name }) => name === aimed) ?? this.#one(this.#facts)
    if (fact.optional && this.#maybe(0.4)) delete facts[fact.name]
    else facts[fact.name] = this.#value(fact.type, decided, codes)
  }

  #value(type: FactType, decided: number, codes: ReadonlyMap<string, readonly string[]>): FactValue {
    switch (type.kind) {
      case 'enum': {
        const known = codes.get(type.name) ?? []
        return known.length > 0 && this.#maybe(0.7) ? this.#one(known) : this.#code(type.name)
      }
      case 'set':
        return Array.from({ length: Math.floor(this.#next() * 4) }, () =>
          String(this.#value(type.of, decided, codes)),
        )
      case 'record': {
        const record: Record<string, FactValue> = {}
        for (const [name, field] of type.fields)
          if (!field.optional || this.#maybe(0.6)) record[name] = this.#value(field.type, decided, codes)
        return record
      }
      case 'primitive':
        if (type.name === 'Boolean') return this.#maybe(0.5)
        if (type.name === 'datetime') return this.#time(decided)
        if (type.name === 'Long') return Math.floor(this.#next() * 12) - 2
        return this.#maybe(0.3)
          ? this.#one(['', '*', 'x', 'X4', 'X4', '__proto__', 'VOORBEELD'])
          : this.#one([...this.#epoch.types.keys()])
    }
  }

  /** The day before, the moment itself, one ms beside it, long before and after. */
  #time(about: number): number {
    return Math.max(0, about + this.#one([-400 * DAY, -DAY, -1, 0, 0, 1, DAY, 400 * DAY]))
  }

  /** Now and then one that no table has. */
  #code(entity: string): string {
    return this.#maybe(0.02) ? 'no-such-code' : this.#one(this.#codes.get(entity) ?? ['?'])
  }

  #maybe(share: number): boolean {
    return this.#next() < share
  }

  #one<T>(items: readonly T[]): T {
    const item = items[Math.floor(this.#next() * items.length)]
    if (item === undefined) throw new Error('nothing to choose from')
    return item
  }
}
