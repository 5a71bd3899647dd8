import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { html } from '#web/html.ts'

describe('html escapes by construction', () => {
  it('every character that could end text or an attribute', () => {
    expect(String(html`<p title="${'"\'`<>&'}">`)).toBe('<p title="&quot;&#39;&#96;&lt;&gt;&amp;">')
  })

  it('lone surrogates, which no UTF-8 can carry', () => {
    expect(String(html`${'a\ud800b'}`)).toBe('a\ufffdb')
  })

  it('says nothing for null, undefined, false and an empty list, but 0 for 0', () => {
    expect(String(html`[${null}${undefined}${false}${[]}]${0}`)).toBe('[]0')
  })

  it('keeps markup that was made by html, also within lists', () => {
    expect(String(html`${[html`<b>${'<'}</b>`, '<']}`)).toBe('<b>&lt;</b>&lt;')
  })

  it('lets no value make a tag or leave its attribute', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        const escaped = String(html`${value}`)
        expect(escaped).not.toMatch(/[<>"'`]/)
        expect(escaped.replace(/&(?:amp|lt|gt|quot|#39|#96);/g, '')).not.toContain('&')
      }),
    )
  })
})
