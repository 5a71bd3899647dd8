import { NotNow } from './desk.ts'
import { type Sent, wentOut } from './link.ts'
import { dutchDay, type Identity } from './person.ts'
import { planQuestions, type Question, questionRef } from './plan-questions.ts'
import { changeFile, openFile, type VogContext } from './vog-desk.ts'
import type { Outcome, VogFile } from './vog-file.ts'
import {
  announceMessage,
  decisionMessage,
  destroyedMessage,
  identityMessage,
  type Person,
  questionMessage,
} from './vog-messages.ts'

/** Sends every planned question that has not gone out; one that waits is sent anew, in place of the old one. */
export async function askAll(
  context: VogContext,
  ref: string,
  livedInUk: boolean,
  person: Person,
): Promise<readonly Sent[]> {
  const { drawer, members } = context
  const file = { ...openFile(context, ref), livedInUk }
  drawer.put('file', ref, ref, file)
  const sent: Sent[] = []
  for (const question of planQuestions(file.application, { members, livedInUk }).questions)
    if (!isOut(context, file, question)) sent.push(await ask(context, file, question, person))
  return sent
}

function isOut({ drawer }: VogContext, { application }: VogFile, question: Question): boolean {
  const before = drawer.get('question', questionRef(application.applicationRef, question))
  return before !== undefined && wentOut(before.sent)
}

async function ask(
  { drawer, send, urnOf, now }: VogContext,
  { application, handoff }: VogFile,
  question: Question,
  person: Person,
): Promise<Sent> {
  const ref = questionRef(application.applicationRef, question)
  const before = drawer.get('question', ref)
  const attempt = before && before.sent.verdict !== 'unanswered' ? before.attempt + 1 : (before?.attempt ?? 1)
  const out = questionMessage(application, question, { subject: handoff, person, urnOf })
  const held = before?.sent.verdict === 'hold' ? before.sent.handoff : null
  const publication = held === null ? out.publication : { ...out.publication, supersedes: held }
  const sent = await send(`${ref} ${attempt}`, { ...out, publication })
  drawer.put('question', ref, application.applicationRef, { question, attempt, at: now(), sent })
  return sent
}

/**
 * Gives what was asked about the identity; from then on the file has it as well. A member state is told, and its term begins anew; the
 * United Kingdom knows no such message and is asked again.
 */
export async function supplyIdentity(
  context: VogContext,
  ref: string,
  requestRef: string,
  identity: Identity,
  person: Person,
): Promise<Sent> {
  const { drawer, send, urnOf } = context
  const known = openFile(context, ref)
  const wanted = drawer
    .all('foreign', ref)
    .find(({ value }) => value.question === requestRef && value.data['outcome'] === 'IDENTITY_INSUFFICIENT')
  if (!wanted) throw new NotNow(requestRef)
  const file = { ...known, application: { ...known.application, identity } }
  drawer.put('file', ref, ref, file)
  const { value, id } = wanted
  const asked = drawer.get('question', requestRef)
  const sent =
    value.type === 'uk.conviction.reply' && asked
      ? await ask(context, file, asked.question, person)
      : await send(
          `${id} ${known.tries}`,
          identityMessage(file.application, requestRef, { subject: file.handoff, person, urnOf }),
        )
  // Answered: what was asked is no longer open.
  if (wentOut(sent)) drawer.remove('foreign', id)
  return tried(context, ref, sent)
}

/** Another try of something that was not permitted is another message; one without an answer is the same. */
function tried(context: VogContext, ref: string, sent: Sent): Sent {
  const tries = (context.drawer.get('file', ref)?.tries ?? 0) + 1
  if (!wentOut(sent) && sent.verdict !== 'unanswered') changeFile(context, ref, { tries })
  return sent
}

/** Labels of what says something about the person: with them the exchange knows what the decision rests on. */
function evidenceOf({ drawer }: VogContext, ref: string): readonly string[] {
  const foreign = drawer.all('foreign', ref).filter(({ value }) => isFilled(value.data['convictions']))
  const extracts = drawer.all('extract', ref).filter(({ value }) => isFilled(value.data['records']))
  return [...extracts, ...foreign].map(({ value }) => value.evidence)
}

const isFilled = (value: unknown): boolean => Array.isArray(value) && value.length > 0

/** Tells the applicant, through the counter, that a refusal is meant, on which grounds, and until when views are heard. */
export async function announceRefusal(
  context: VogContext,
  ref: string,
  { grounds, viewsUntil }: { readonly grounds: string; readonly viewsUntil: string },
  person: Person,
): Promise<Sent> {
  const file = openFile(context, ref)
  if (file.announced && wentOut(file.announced.sent)) throw new NotNow(ref)
  const evidence = evidenceOf(context, ref)
  const from = { subject: file.handoff, person, urnOf: context.urnOf, evidence }
  const out = announceMessage(file.application, grounds, viewsUntil, from)
  const sent = await context.send(`${ref} ${file.tries}`, out)
  changeFile(context, ref, { announced: { grounds, viewsUntil, sent } })
  return tried(context, ref, sent)
}

/** Whether the applicant was heard, or had the time to be, before a refusal: `day` is today, `YYYY-MM-DD`. */
export function mayRefuse({ announced }: Pick<VogFile, 'announced'>, day: string): boolean {
  return announced !== null && wentOut(announced.sent) && announced.viewsUntil < day
}

/**
 * Decides. A refusal needs an announcement whose term for views is over. When the decision has gone out, what came from abroad
 * is destroyed at once, and Justid is told (Bjsg 38(2)).
 */
export async function decide(
  context: VogContext,
  ref: string,
  outcome: Outcome,
  person: Person,
): Promise<Sent> {
  const { send, urnOf, now } = context
  const file = openFile(context, ref)
  const at = now()
  const day = dutchDay(at)
  if (outcome === 'REFUSED' && !mayRefuse(file, day)) throw new NotNow(ref)
  const evidence = outcome === 'REFUSED' ? evidenceOf(context, ref) : []
  const from = { subject: file.handoff, person, urnOf, evidence }
  const out = decisionMessage(file.application, outcome, day, from)
  const sent = await send(`${ref} ${outcome} ${day} ${file.tries}`, out)
  if (!wentOut(sent)) return tried(context, ref, sent)
  changeFile(context, ref, { decision: { outcome, at, actor: person.actor, sent, destroyed: null } })
  await destroyForeign(context, ref)
  return sent
}

/** Destroys what came from abroad about a decided application, and says so to Justid. Again without harm. */
export async function destroyForeign(context: VogContext, ref: string): Promise<void> {
  const { drawer, send, urnOf, now } = context
  const file = drawer.get('file', ref)
  if (!file?.decision || file.decision.destroyed) return
  drawer.drop('foreign', ref)
  const asked = drawer.all('question', ref).filter(({ value }) => value.question.kind !== 'jd')
  const replies = asked.filter(({ value }) => wentOut(value.sent)).map(({ id }) => id)
  const person = { actor: file.decision.actor }
  const at = now()
  const sent = await send(
    `${ref} ${file.tries}`,
    destroyedMessage(ref, replies, at, { subject: file.handoff, person, urnOf }),
  )
  if (!wentOut(tried(context, ref, sent))) return
  changeFile(context, ref, { decision: { ...file.decision, destroyed: { at, sent } } })
}

/** At start: what a fall between decision and destruction left. */
export async function finishDestructions(context: VogContext): Promise<void> {
  for (const { id, value } of context.drawer.all('file'))
    if (value.decision && !value.decision.destroyed) await destroyForeign(context, id)
}
