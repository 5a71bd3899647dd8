import type { Epoch, RegisterRow } from './epoch.ts'

/** The row of a register in force at `at`; rows of one key never overlap (checked when the epoch is loaded). */
export function registerRow(epoch: Epoch, name: string, key: string, at: number): RegisterRow | undefined {
  const register = epoch.registers.get(name)
  return register?.rows.find((row) => row[register.key] === key && row.from <= at && at < row.until)
}

/** Whether a row's word counts: under --strict an unverified row does not. */
export const counts = (epoch: Epoch, row: RegisterRow | undefined): row is RegisterRow =>
  row !== undefined && (row.verified || !epoch.profile.strict)

/** Level of a handling code in the lattice (domain §4.4), 0 … 3; an unknown code counts as the strictest. */
export function handlingLevel(epoch: Epoch, handling: string, at: number): number {
  const level = registerRow(epoch, 'handling', handling, at)?.['level']
  return typeof level === 'number' ? level : STRICTEST
}

export const STRICTEST = 3
/** From here on the originator is asked (H2, AMBER+STRICT). */
export const CONSENT_LEVEL = 2
