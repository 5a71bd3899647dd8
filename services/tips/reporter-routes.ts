import type { Html } from '#web/html.ts'
import type { Site } from '#web/site.ts'
import { formPage } from './form-page.ts'
import { readTipForm, TIP_FORM_BYTES } from './read-tip-form.ts'
import { codePage, comeBackPage, type VisitState, visitPage } from './reporter-pages.ts'
import { newForm, type ReporterSide, type Visit } from './reporter-side.ts'
import type { TipsTexts } from './texts.ts'

type Form = { Body: Readonly<Record<string, string>> | undefined }
type Request = Parameters<Site<TipsTexts>['locale']>[0]
type Reply = Parameters<Site<TipsTexts>['page']>[1]

const STATUS = { malformed: 422, unknown: 404, wait: 429 } as const

/** Pages for everybody. What a reporter types is in bodies of forms only: no address, no cookie, no log has it. */
export function reporterRoutes(site: Site<TipsTexts>, reporter: ReporterSide, now: () => number): void {
  const { server } = site
  const textsOf = (request: Request) => site.locale(request).texts
  const show = (request: Request, reply: Reply, title: string, main: Html, below: string) =>
    site.page(request, reply, { title, main, below, scripts: ['leave.js'] })

  const form = (request: Request, reply: Reply, state: Parameters<typeof formPage>[2]) => {
    const main = formPage(site.locale(request), site.link(request, '/'), state)
    return show(request, reply, textsOf(request).form.title, main, '/')
  }
  server.get('/', async (request, reply) =>
    site.user(request)
      ? reply.redirect(site.link(request, '/staff'), 303)
      : form(request, reply, { values: {}, faults: {}, form: newForm() }),
  )
  server.post<Form>('/', { bodyLimit: TIP_FORM_BYTES }, async (request, reply) => {
    const body = request.body ?? {}
    const reading = readTipForm(body, now())
    if (reading.kind === 'refused')
      return form(request, reply.code(422), {
        values: body,
        faults: reading.faults,
        form: body['form'] ?? newForm(),
      })
    const code = reporter.take(reading.report, body['form'] ?? '')
    const main = codePage(textsOf(request), code, site.link(request, '/return'))
    return show(request, reply, textsOf(request).code.title, main, '/')
  })

  const askCode = (request: Request, reply: Reply, refused?: Exclude<Visit['kind'], 'found'>) => {
    const main = comeBackPage(textsOf(request), site.link(request, '/return'), refused)
    const { title } = textsOf(request).comeBack
    return show(request, refused ? reply.code(STATUS[refused]) : reply, title, main, '/return')
  }
  const found = (
    request: Request,
    reply: Reply,
    visit: Extract<Visit, { kind: 'found' }>,
    state: VisitState,
  ) => {
    const main = visitPage(textsOf(request), site.link(request, '/answer'), visit, state)
    return show(request, reply, textsOf(request).visit.title, main, '/return')
  }
  server.get('/return', async (request, reply) => askCode(request, reply))
  server.post<Form>('/return', async (request, reply) => {
    const code = request.body?.['code'] ?? ''
    const visit = reporter.visit(code)
    return visit.kind === 'found'
      ? found(request, reply, visit, { code })
      : askCode(request, reply, visit.kind)
  })
  server.get('/answer', async (request, reply) => reply.redirect(site.link(request, '/return'), 303))
  server.post<Form>('/answer', async (request, reply) => {
    const { code = '', question: handoff = '', ...rest } = request.body ?? {}
    const visit = reporter.visit(code)
    if (visit.kind !== 'found') return askCode(request, reply, visit.kind)
    const text = rest[`answer-${handoff}`] ?? ''
    const fault = reporter.answer(visit, handoff, text)
    if (fault) return found(request, reply.code(422), visit, { code, fault: { handoff, text, fault } })
    const after = reporter.visit(code)
    return after.kind === 'found'
      ? found(request, reply, after, { code })
      : askCode(request, reply, after.kind)
  })
}
