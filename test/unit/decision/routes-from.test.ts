import { describe, expect, it } from 'vitest'
import { codeWords } from '#core/decision/code-words.ts'
import type { Endpoint, Epoch } from '#core/decision/epoch.ts'
import { routesFrom, sendersTo } from '#core/decision/routes-from.ts'
import { testEpoch } from '../../support/contracts.ts'

const AT = Date.UTC(2026, 10, 24, 12)
const epoch = testEpoch()

function endpoint(ref: string, of: Epoch = epoch): Endpoint {
  const [partner, name] = ref.split('/')
  const found = [...of.endpoints.values()].find((one) => one.partner === partner && one.name === name)
  if (!found) throw new Error(ref)
  return found
}

const typesTo = (from: string, to: string, of: Epoch = epoch, at = AT) =>
  routesFrom(endpoint(from, of), of, at)
    .filter((route) => route.to === endpoint(to, of).urn)
    .map(({ type }) => type)

describe('routes', () => {
  it('are none before or after every instrument, nor to or from a suspended partner', () => {
    expect(routesFrom(endpoint('ecpat/meldpunt'), epoch, Date.UTC(2001, 0, 1))).toEqual([])
    expect(routesFrom(endpoint('ecpat/meldpunt'), epoch, Date.UTC(2090, 0, 1))).toEqual([])
    const suspended = testEpoch({
      change: {
        'contracts/partner/tbkk.json': (text) => text.replace('"suspended": false', '"suspended": true'),
      },
    })
    expect(typesTo('ecpat/meldpunt', 'tbkk/zaken', suspended)).toEqual([])
    expect(routesFrom(endpoint('tbkk/zaken', suspended), suspended, AT)).toEqual([])
  })

  it('leave out what no permit carries, and what a flag that is off would need', () => {
    expect(typesTo('ecpat/meldpunt', 'ph-police/ncb')).toEqual([])
    const all = [...epoch.endpoints.values()].flatMap((from) => routesFrom(from, epoch, AT))
    expect(all.filter(({ type }) => type === 'iipc.certificate')).toEqual([])
  })

  it('leave out unverified permits under --strict', () => {
    const strict = testEpoch({ strict: true })
    const all = [...strict.endpoints.values()].flatMap((from) => routesFrom(from, strict, AT))
    expect(all.filter(({ verified }) => !verified)).toEqual([])
  })

  it('name purpose, basis and rule, and the most that may be shown', () => {
    const [route] = routesFrom(endpoint('ecpat/meldpunt'), epoch, AT).filter(
      ({ type, to }) => type === 'tip.ngo.forwarded' && to === endpoint('tbkk/zaken').urn,
    )
    expect(route).toMatchObject({ purpose: 'intake', basis: 'uavg-33' })
    expect(route?.shows).toContain('facts')
    const [disclosure] = routesFrom(endpoint('tbkk/zaken'), epoch, AT).filter(
      ({ type }) => type === 'police.ngo.disclosure',
    )
    expect(disclosure?.shows).toContain('items')
    expect(disclosure?.shows).not.toContain('decision')
    expect(sendersTo(endpoint('tbkk/zaken'), epoch, AT)).toContain(endpoint('ecpat/meldpunt').urn)
  })
})

describe('words of codes', () => {
  it('are there for every purpose and basis of a route, and for the question of every approval', () => {
    const words = codeWords(epoch)
    const known = new Set(words.map(({ entity, code }) => `${entity}:${code}`))
    const routes = [...epoch.endpoints.values()].flatMap((from) => routesFrom(from, epoch, AT))
    const wanted = routes.flatMap(({ purpose, basis, obligations }) => [
      `Purpose:${purpose}`,
      `Basis:${basis}`,
      ...obligations.filter((code) => !code.includes(':')).map((code) => `Obligation:${code}`),
    ])
    expect([...new Set(wanted)].filter((one) => !known.has(one))).toEqual([])
    expect(words.filter(({ entity }) => entity === 'Approval').every(({ roles }) => roles?.length)).toBe(true)
  })
})
