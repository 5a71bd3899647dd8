import { formField } from '#web/form-field.ts'
import { type Html, html } from '#web/html.ts'
import { button, type Locale, type PageParts, type Post } from './page.ts'

function page(locale: Locale, action: string, answer: boolean | null): Html {
  const { certificate } = locale.texts
  const said =
    answer !== null &&
    html`<div class="callout" role="status"><p><strong>${answer ? certificate.yes : certificate.no}</strong></p>${
      !answer && html`<p>${certificate.noMeans}</p>`
    }</div>`
  return html`<h1>${certificate.title}</h1>
<p class="intro">${certificate.intro}</p>
${said}
<form method="post" action="${action}">
${formField({ name: 'ref', label: certificate.number, kind: 'line', required: true, maxLength: 40 })}
${formField({ name: 'code', label: certificate.code, kind: 'line', required: true, maxLength: 40 })}
${button(certificate.ask)}
</form>`
}

/**
 * For an employer, without signing in: yes or no, and no looks the same whatever is behind it. What was typed is not shown again, so
 * that two answers differ in nothing else.
 */
export function certificatePage({ site, records }: PageParts): void {
  const show = (answer: boolean | null) => (locale: Locale, action: string) => page(locale, action, answer)
  site.server.get('/certificate', async (request, reply) => {
    const locale = site.locale(request)
    const main = show(null)(locale, site.link(request, '/certificate'))
    return site.page(request, reply, { title: locale.texts.certificate.title, main, below: '/certificate' })
  })
  site.server.post<Post>('/certificate', async (request, reply) => {
    const locale = site.locale(request)
    const { ref = '', code = '' } = request.body ?? {}
    const main = show(records.counter.isIssued(ref, code))(locale, site.link(request, '/certificate'))
    return site.page(request, reply, { title: locale.texts.certificate.title, main, below: '/certificate' })
  })
}
