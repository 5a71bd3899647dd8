import { describe, expect, it } from 'vitest'
import { appPlace } from '#services/cli/app/app-folder.ts'
import { applications } from '#services/cli/app/applications.ts'
import { recordsData } from '#services/cli/app/records-data.ts'
import type { Call } from '#services/cli/command.ts'
import { allParties } from '#services/cli/read-party.ts'
import { DESK_ROLES } from '#services/desk/start-desk.ts'
import { RECORDS_ROLES } from '#services/records/pages/records-pages.ts'

const call = (options: Readonly<Record<string, string>>) =>
  ({ data: '/data', option: (name: string) => options[name] }) as unknown as Call

describe('the table of applications', () => {
  it('has no place for what it does not know, nor for a desk of nobody', () => {
    expect(() => appPlace(call({}), 'nothing')).toThrow(expect.objectContaining({ code: 'OPS_USAGE' }))
    for (const as of ['', 'tbkk', '../x/y', 'tbkk/zaken/x'])
      expect(() => appPlace(call({ as }), 'desk')).toThrow(expect.objectContaining({ code: 'OPS_USAGE' }))
  })

  it('gives each its own folder, a desk one for each endpoint', () => {
    expect(appPlace(call({ as: 'tbkk/zaken' }), 'desk').folder).toBe('/data/apps/desk-tbkk-zaken')
    expect(appPlace(call({}), 'tips').folder).toBe('/data/apps/tips')
  })

  it('names endpoints that are there, and the roles that the pages know', () => {
    const known = allParties().flatMap(({ id, endpoints }) => endpoints.map((name) => `${id}/${name}`))
    const roles = Object.fromEntries(applications.map(({ name, roles: those }) => [name, those]))
    for (const { endpoints } of applications) expect(known).toEqual(expect.arrayContaining([...endpoints]))
    expect(roles).toMatchObject({ desk: [...DESK_ROLES], records: [...RECORDS_ROLES] })
  })

  it('tells the records what our contracts have: bodies that Justid carries, codes, member states', async () => {
    const { bodies, codes, members, refOf } = await recordsData()
    expect(bodies).toEqual(expect.arrayContaining(['ms-de/register', 'uk-ca/register']))
    expect(members.has('DE') && members.has('NL') && !members.has('US')).toBe(true)
    expect([codes.offences.length > 0, codes.sanctions.length > 0]).toEqual([true, true])
    expect(refOf('urn:nld:oin:00000099000000009301:systeem:register')).toBe('ms-de/register')
  })
})
