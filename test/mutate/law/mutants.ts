/** Every way to delete or weaken one policy: each mutant is the text of its file with that one policy changed. */
import { policyToText } from '@cedar-policy/cedar-wasm/nodejs'
import type { MessageType } from '#core/decision/epoch.ts'
import { POLICY_SETS, readPolicy } from '#core/decision/read-policy.ts'
import type { ParsedPolicy, PolicyEngine } from '#core/ports/policy-engine.ts'
import { weakerConditions } from './weaker-conditions.ts'

export interface Mutant {
  readonly file: string
  readonly policy: string
  /** What was done to it, in words. */
  readonly change: string
  /** The whole file with the change. */
  readonly text: string
}

type Json = Record<string, unknown>
interface Change {
  readonly change: string
  /** undefined: the policy is gone. */
  readonly text: string | undefined
}

/** `files`: path → Cedar text. Entry: they parse. */
export function mutantsOf(
  files: ReadonlyMap<string, string>,
  engine: PolicyEngine,
  types: ReadonlyMap<string, MessageType>,
): readonly Mutant[] {
  return [...files].flatMap(([file, text]) => {
    const policies = engine.parse(text)
    return policies.flatMap((policy, index) => {
      const texts = policies.map((one) => one.text)
      return changesOf(policy, file, types).map(({ change, text: changed }): Mutant => {
        const kept = changed === undefined ? [] : [changed]
        const whole = [...texts.slice(0, index), ...kept, ...texts.slice(index + 1)].join('\n\n')
        return { file, policy: policy.annotations['id'] ?? '', change, text: whole }
      })
    })
  })
}

function changesOf(
  policy: ParsedPolicy,
  file: string,
  types: ReadonlyMap<string, MessageType>,
): readonly Change[] {
  const set = POLICY_SETS.find((name) => name === policy.annotations['set'])
  const all = [
    { change: 'deleted', text: undefined },
    ...weakerConditions(policy).map(({ change, json }) => ({ change, text: textOf(json) })),
    ...fewerActions(policy),
  ]
  switch (set) {
    case 'permit':
      return [...all, ...widerPermit(policy, file, types)]
    case 'hide':
      return [...all, ...fewerNames(policy, 'hide')]
    case 'deny':
    case 'hold':
    case undefined:
      return all
  }
}

function textOf(json: unknown): string {
  const answer = policyToText(json as Parameters<typeof policyToText>[0])
  if (answer.type === 'failure') throw new Error(answer.errors.map(({ message }) => message).join('; '))
  return answer.text
}

function annotated(policy: ParsedPolicy, name: string, value: string): string {
  const json = policy.json as Json
  return textOf({ ...json, annotations: { ...policy.annotations, [name]: value } })
}

const listOf = (text: string | undefined): readonly string[] =>
  (text ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')

/** The same annotation with one name fewer, once for each name. */
function fewerNames(policy: ParsedPolicy, annotation: string): readonly Change[] {
  const names = listOf(policy.annotations[annotation])
  return names.map((name) => ({
    change: `@${annotation} without ${name}`,
    text: annotated(policy, annotation, names.filter((one) => one !== name).join(',')),
  }))
}

/** Guards that name several types: each left out once. */
function fewerActions(policy: ParsedPolicy): readonly Change[] {
  const json = policy.json as { action: { op: string; entities?: readonly { id: string }[] } }
  const entities = json.action.entities ?? []
  return entities.map(({ id }) => ({
    change: `no longer reaches ${id}`,
    text: textOf({ ...json, action: { ...json.action, entities: entities.filter((one) => one.id !== id) } }),
  }))
}

/** A permit that shows one field more, of any class, or lays on one obligation fewer. */
function widerPermit(
  policy: ParsedPolicy,
  file: string,
  types: ReadonlyMap<string, MessageType>,
): readonly Change[] {
  const meta = readPolicy(policy, file, types)
  const fields = types.get(meta.pins?.type ?? '')?.fields.map(({ name }) => name) ?? []
  const more = meta.show.includes('*') ? [] : fields.filter((name) => !meta.show.includes(name))
  return [
    ...more.map((name) => ({
      change: `@show with ${name}`,
      text: annotated(policy, 'show', [...meta.show, name].join(',')),
    })),
    ...(meta.classes.includes('*')
      ? []
      : [{ change: '@classes *', text: annotated(policy, 'classes', '*') }]),
    ...fewerNames(policy, 'oblige'),
  ]
}
