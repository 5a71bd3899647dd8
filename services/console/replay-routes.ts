import type { FastifyInstance } from 'fastify'
import { html } from '#web/html.ts'
import { notFound, PageRefusal } from '#web/page-refusal.ts'
import type { ConsoleContext } from './console-context.ts'
import { linkTo } from './locale.ts'
import type { Replay } from './ports.ts'
import { parseReplayAsk } from './replay-ask.ts'
import { ReplayJob } from './replay-job.ts'
import { chooseRule, replayForm, replayFragment } from './replay-page.ts'

/** The auditor's replay: under the rules of then, and besides under one file of rules changed. Nothing is written. */
export function replayRoutes(server: FastifyInstance, context: ConsoleContext): void {
  const { ports } = context
  if (ports.replay) replayHere(server, context, ports.replay)
  else replayElsewhere(server, context)
}

function replayHere(server: FastifyInstance, context: ConsoleContext, replayed: Replay): void {
  const { ports } = context
  const job = new ReplayJob(replayed, (failure) => ports.report(failure, 'replay'))
  server.get<{ Querystring: { file?: unknown } }>('/replay', async (request, reply) => {
    const locale = context.locale(request)
    const { replay } = locale.texts.desks
    const epoch = context.epoch()
    const rules = await ports.rules()
    const { file = null } = request.query
    const chosen = typeof file === 'string' ? (rules.has(file) ? file : notFound()) : null
    const follow = linkTo('/fragment/replay', { ...locale, explicit: true })
    return context.page(
      request,
      reply,
      {
        title: replay.title,
        page: 'replay',
        scripts: ['follow.js'],
        main: html`<h1>${replay.title}</h1>
<p class="intro">${replay.intro}</p>
${replayForm(rules, chosen, locale, epoch)}
${chooseRule(rules, locale)}
<section aria-labelledby="result"><h2 id="result">${replay.result}</h2>
<div data-follow="${follow}" data-every="1">${replayFragment(job.state, locale, epoch)}</div></section>`,
      },
      { file: chosen },
    )
  })
  server.get('/fragment/replay', async (request, reply) => {
    const locale = context.locale(request)
    return context.send(request, reply, replayFragment(job.state, locale, context.epoch()))
  })
  server.post<{ Body: Readonly<Record<string, string>> }>('/replay', async (request, reply) => {
    const ask = parseReplayAsk(request.body, await ports.rules())
    if (!job.start(ask, context.user(request)?.actor ?? '', context.closing)) throw new PageRefusal(409)
    return reply.redirect(linkTo('/replay', context.locale(request)), 303)
  })
  server.post('/replay/stop', async (request, reply) => {
    job.stop()
    return reply.redirect(linkTo('/replay', context.locale(request)), 303)
  })
}

/** Where this process has no right to read what was handed in: who can do it, and how. */
function replayElsewhere(server: FastifyInstance, context: ConsoleContext): void {
  server.get('/replay', async (request, reply) => {
    const { replay } = context.locale(request).texts.desks
    const main = html`<h1>${replay.title}</h1>
<p class="intro">${replay.intro}</p>
<p>${replay.elsewhere}</p>
<pre><code>schakel replay --data DIR</code></pre>`
    return context.page(request, reply, { title: replay.title, page: 'replay', main })
  })
}
