import { notFound, PageRefusal } from '#web/page-refusal.ts'
import type { Site } from '#web/site.ts'
import { TIP_FORM_BYTES, TIP_LENGTHS, textFault } from './read-tip-form.ts'
import { type Typed, tipListPage, tipPage } from './staff-pages.ts'
import type { StaffSide } from './staff-side.ts'
import type { TipsTexts } from './texts.ts'
import type { TipStore } from './tip-store.ts'

type OfTip = { Params: { ref: string }; Body: Readonly<Record<string, string>> | undefined }
type OfQuestion = { Params: { handoff: string }; Body: Readonly<Record<string, string>> | undefined }
type Request = Parameters<Site<TipsTexts>['locale']>[0]
type Reply = Parameters<Site<TipsTexts>['page']>[1]

const NOTHING: Typed = { values: {}, faults: {} }

/** Pages of the hotline's own people. */
export function staffRoutes(site: Site<TipsTexts>, staff: StaffSide, store: TipStore): void {
  const { server } = site
  const actorOf = (request: Request): string => {
    const user = site.user(request)
    if (!user) throw new PageRefusal(401)
    return user.actor
  }
  const linkOf = (request: Request) => (path: string) => site.link(request, path)
  const tipOr404 = (ref: string) => store.tip(ref) ?? notFound()
  const showTip = (request: Request, reply: Reply, ref: string, typed: Typed) => {
    const tip = tipOr404(ref)
    const locale = site.locale(request)
    const main = tipPage(locale, linkOf(request), tip, store.questions(ref), typed)
    return site.page(request, reply, { title: locale.texts.tip.title(ref), main, below: '/staff' })
  }
  const backTo = (request: Request, reply: Reply, ref: string) =>
    reply.redirect(site.link(request, `/staff/tips/${ref}`), 303)

  server.get('/staff', async (request, reply) => {
    actorOf(request)
    const locale = site.locale(request)
    const tips = store.tips().map((tip) => ({ tip, questions: store.questions(tip.ref) }))
    const main = tipListPage(locale, linkOf(request), tips)
    return site.page(request, reply, { title: locale.texts.list.title, main })
  })
  server.get<OfTip>('/staff/tips/:ref', async (request, reply) => {
    actorOf(request)
    return showTip(request, reply, request.params.ref, NOTHING)
  })
  server.post<OfTip>('/staff/tips/:ref/forward', { bodyLimit: TIP_FORM_BYTES }, async (request, reply) => {
    const [actor, { ref }] = [actorOf(request), request.params]
    const { facts = '', suspect = '', assessment = '' } = request.body ?? {}
    const faults = {
      facts: textFault(facts, TIP_LENGTHS.facts, true),
      suspect: textFault(suspect, TIP_LENGTHS.suspect, false),
      assessment: textFault(assessment, TIP_LENGTHS.assessment, true),
    }
    if (Object.values(faults).some((fault) => fault !== undefined))
      return showTip(request, reply.code(422), ref, { values: request.body ?? {}, faults })
    await staff.forward(ref, { actor, assessment, facts, suspectDescription: suspect || null })
    return backTo(request, reply, ref)
  })
  server.post<OfTip>('/staff/tips/:ref/set-aside', async (request, reply) => {
    actorOf(request)
    staff.setAside(request.params.ref)
    return backTo(request, reply, request.params.ref)
  })
  server.post<OfQuestion>('/staff/questions/:handoff/relay', async (request, reply) => {
    actorOf(request)
    const { handoff } = request.params
    staff.relay(handoff)
    return backTo(request, reply, store.question(handoff)?.tip ?? notFound())
  })
  server.post<OfQuestion>('/staff/questions/:handoff/pass-on', async (request, reply) => {
    const [actor, { handoff }] = [actorOf(request), request.params]
    const { tip } = store.question(handoff) ?? notFound()
    const name = `answer-${handoff}`
    const answer = request.body?.[name] ?? ''
    const fault = textFault(answer, TIP_LENGTHS.answer, true)
    if (fault)
      return showTip(request, reply.code(422), tip, {
        values: request.body ?? {},
        faults: { [name]: fault },
      })
    await staff.passOn(handoff, { actor, answer })
    return backTo(request, reply, tip)
  })
}
