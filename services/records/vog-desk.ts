import type { Handoff } from '#sdk/open-handoff.ts'
import { type DeskPorts, NotNow, type SendAs, sendAs } from './desk.ts'
import { KEPT_MS } from './limits.ts'
import { wentOut } from './link.ts'
import type { Application } from './person.ts'
import { planQuestions, questionRef, refersTo } from './plan-questions.ts'
import type { Answer, VogFile, VogKinds, VogView } from './vog-file.ts'

export interface VogPorts extends DeskPorts<VogKinds> {
  /** Member states in ECRIS. */
  readonly members: ReadonlySet<string>
}

export interface VogContext extends VogPorts {
  readonly send: SendAs
  /** Files that somebody is at work on. */
  readonly busy: Set<string>
}

export const vogContext = (ports: VogPorts): VogContext => ({
  ...ports,
  send: sendAs(ports),
  busy: new Set(),
})

const FOREIGN = new Set(['ecris.reply', 'ecristcn.hit', 'uk.conviction.reply'])

/** A file that may still be worked on. Throws `NotNow`. */
export function openFile({ drawer }: VogContext, ref: string): VogFile {
  const file = drawer.get('file', ref)
  if (!file || file.decision) throw new NotNow(ref)
  return file
}

/** Changes these members of a file as it is now: while something was sent, more may have arrived. */
export function changeFile({ drawer }: VogContext, ref: string, change: Partial<VogFile>): void {
  const file = drawer.get('file', ref)
  if (file) drawer.put('file', ref, ref, { ...file, ...change })
}

/** One act on a file at a time: two people who decide at once would both have decided. Throws `NotNow`. */
export async function alone<T>({ busy }: VogContext, ref: string, act: () => Promise<T>): Promise<T> {
  if (busy.has(ref)) throw new NotNow(ref)
  busy.add(ref)
  try {
    return await act()
  } finally {
    busy.delete(ref)
  }
}

/** A file with what belongs to it; undefined: there is none. */
export function viewFile({ drawer, members }: VogContext, ref: string): VogView | undefined {
  const file = drawer.get('file', ref)
  if (!file) return undefined
  const questions = drawer.all('question', ref).map(({ id, value }) => ({ ref: id, ...value }))
  const gone = new Set(questions.filter(({ sent }) => wentOut(sent)).map((one) => one.ref))
  const plan = planQuestions(file.application, { members, livedInUk: file.livedInUk })
  const answers = [...drawer.all('extract', ref), ...drawer.all('foreign', ref)].map(({ value }) => value)
  return {
    ...file,
    questions,
    open: plan.questions.filter((question) => !gone.has(questionRef(ref, question))),
    notAbroad: plan.notAbroad,
    answers: answers.toSorted((a, b) => a.at.localeCompare(b.at)),
  }
}

/**
 * Takes in what arrived. Answers to an open question go into their file; what came from abroad after the decision, or after the
 * consent was withdrawn, is not kept. Whatever this desk did not ask for, and has no basis to use, goes into quarantine: that it
 * came, never what it says.
 */
export function arriveAtVog(context: VogContext, handoff: Handoff): void {
  const { type } = handoff
  if (type === 'vog.application') takeApplication(context, handoff)
  else if (type === 'vog.jd.extract' || FOREIGN.has(type)) takeAnswer(context, handoff)
  else quarantine(context, handoff.handoff, type, handoff.from)
}

/** Notes that something was offered which may not be used, on whatever way it came. */
export function quarantine({ drawer, now }: VogContext, id: string, what: string, from: string): void {
  drawer.put('quarantine', id, '', { what, from, at: now() })
}

function takeApplication({ drawer }: VogContext, { handoff, data }: Handoff): void {
  // What has no value does not travel.
  const application = { consent: null, riskDeclared: null, ...data } as unknown as Application
  const ref = application.applicationRef
  const known = drawer.get('file', ref)
  if (known?.decision) return
  const file = known ?? { handoff, livedInUk: false, tries: 0, announced: null, decision: null }
  drawer.put('file', ref, ref, { ...file, application })
}

function takeAnswer(context: VogContext, { handoff, type, at, data, evidence }: Handoff): void {
  const { drawer } = context
  const ref = String(data['requestRef'] ?? data['queryRef'])
  const asked = drawer.all('question').find(({ id }) => refersTo(id, ref))
  const file = asked && drawer.get('file', asked.folder)
  if (!asked || !file || file.application.personRef !== data['personRef']) return
  const answer: Answer = { question: ref, type, at, data, evidence }
  if (type === 'vog.jd.extract') drawer.put('extract', handoff, asked.folder, answer)
  else if (!file.decision && isConsented(file)) drawer.put('foreign', handoff, asked.folder, answer)
}

const isConsented = ({ application: { consent } }: VogFile): boolean => consent?.withdrawnAt === null

/** Drops what is past its term; answers how many files. */
export function purgeVog({ drawer, now }: VogContext): number {
  const late = drawer
    .all('file')
    .filter(({ value }) => value.decision && value.decision.at + KEPT_MS.decided <= now())
  for (const { id } of late)
    for (const kind of ['foreign', 'extract', 'question', 'file'] as const) drawer.drop(kind, id)
  for (const { id, value } of drawer.all('quarantine'))
    if (value.at + KEPT_MS.quarantine <= now()) drawer.remove('quarantine', id)
  return late.length
}
