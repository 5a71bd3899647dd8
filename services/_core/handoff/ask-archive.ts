import type { HandoffId } from '#core/ids.ts'

/** Name under which the fold keeps the decision records of an approval request while the hold it asks about is open. */
export const askArchive = (request: HandoffId): string => `ask:${request}`
