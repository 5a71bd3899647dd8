/** Facts about convictions: whose national somebody is, and what a conviction is for. */

import { atPath } from './data-path.ts'
import type { FactFunction, FactInput } from './fact-functions.ts'
import { counts, registerRow } from './register-row.ts'

function nationalities({ message }: FactInput): readonly string[] | undefined {
  const value = message?.data['nationalities']
  return Array.isArray(value) ? value.map(String) : undefined
}

const nationalOfRecipient: FactFunction = (input) => {
  const country = input.epoch.partners.get(input.to.oin)?.country
  const held = nationalities(input)
  return held === undefined || country === undefined ? undefined : held.includes(country)
}

/** Nobody without a stated nationality is one. An unverified row of a member state counts: the worst is that it is one. */
const thirdCountryNational: FactFunction = (input) => {
  const { epoch, at } = input
  const held = nationalities(input)
  const isMember = (country: string) => registerRow(epoch, 'ecris-members', country, at) !== undefined
  return held === undefined ? undefined : held.length > 0 && !held.some(isMember)
}

/** Whether any offence of any conviction is not a sexual one; a code that the register does not know (or, strict, not verified) is not. */
const otherOffence: FactFunction = ({ message, epoch, at }) => {
  const convictions = message?.data['convictions']
  if (!Array.isArray(convictions)) return undefined
  const isSexual = (offence: unknown): boolean => {
    const row = registerRow(epoch, 'ecris-offences', String(atPath(offence, ['code'])), at)
    return counts(epoch, row) && row['sexual'] === true
  }
  return convictions.some((conviction) => {
    const offences = atPath(conviction, ['offences'])
    return !Array.isArray(offences) || !offences.every(isSexual)
  })
}

export const CONVICTION_FACTS = { nationalOfRecipient, thirdCountryNational, otherOffence } as const
