import type { FastifyInstance } from 'fastify'
import { formField } from '#web/form-field.ts'
import { html } from '#web/html.ts'
import { PageRefusal } from '#web/page-refusal.ts'
import type { ConsoleContext } from './console-context.ts'
import type { Content } from './layout.ts'
import { type Locale, linkTo } from './locale.ts'

function signInPage(locale: Locale, wrong: 401 | 429 | null): Content {
  const { signIn } = locale.texts.desks
  const error = wrong === null ? undefined : signIn.errors[wrong]
  return {
    title: signIn.title,
    page: null,
    main: html`<h1>${signIn.title}</h1>
<p class="intro">${signIn.intro}</p>
<form method="post" action="${linkTo('/sign-in', locale)}">
${formField({ name: 'actor', label: signIn.actor, kind: 'line', required: true, maxLength: 64, autocomplete: 'username', error })}
${formField({ name: 'passphrase', label: signIn.passphrase, kind: 'password', required: true, maxLength: 1_000, autocomplete: 'current-password' })}
<div class="actions"><button type="submit">${signIn.enter}</button></div>
</form>`,
  }
}

/** Signing in and out. A start code (`?code=`) leaves the address bar at once: the answer leads on to the pages. */
export function signInRoutes(server: FastifyInstance, context: ConsoleContext): void {
  const { door } = context.ports
  server.get<{ Querystring: { code?: unknown } }>('/sign-in', async (request, reply) => {
    const { code } = request.query
    if (typeof code !== 'string')
      return context.page(request, reply, signInPage(context.locale(request), null))
    return reply.header('Set-Cookie', door.enterByCode(code)).redirect('/', 303)
  })
  server.post<{ Body: Readonly<Record<string, string>> }>('/sign-in', async (request, reply) => {
    const { actor = '', passphrase = '' } = request.body
    try {
      return reply.header('Set-Cookie', await door.enter(actor, passphrase)).redirect('/', 303)
    } catch (error) {
      const status = error instanceof PageRefusal ? error.status : undefined
      if (status !== 401 && status !== 429) throw error
      return context.page(request, reply.code(status), signInPage(context.locale(request), status))
    }
  })
  server.post('/sign-out', async (request, reply) =>
    reply.header('Set-Cookie', door.leave(request.headers.cookie)).redirect('/sign-in', 303),
  )
}
