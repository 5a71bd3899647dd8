import type { FastifyInstance } from 'fastify'
import { html } from '#web/html.ts'
import type { ConsoleContext } from './console-context.ts'
import { linkTo } from './locale.ts'
import { operatorFragment } from './operator-page.ts'

/** The operator's desk; its fragment is fetched again while the page is open. */
export function operatorRoutes(server: FastifyInstance, context: ConsoleContext): void {
  server.get('/operator', async (request, reply) => {
    const locale = context.locale(request)
    const { operator } = locale.texts.desks
    const follow = linkTo('/fragment/operator', { ...locale, explicit: true })
    const state = await context.ports.operations()
    return context.page(request, reply, {
      title: operator.title,
      page: 'operator',
      scripts: ['follow.js'],
      main: html`<h1>${operator.title}</h1>
<p class="intro">${operator.intro}</p>
<div data-follow="${follow}" data-every="5">${operatorFragment(state, locale)}</div>`,
    })
  })
  server.get('/fragment/operator', async (request, reply) => {
    const locale = context.locale(request)
    return context.send(request, reply, operatorFragment(await context.ports.operations(), locale))
  })
}
