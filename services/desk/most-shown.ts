import type { PublishedRoute } from '#sdk/gateway-answers.ts'

export interface MostShown {
  /** Fields that the rule lets through at most. */
  readonly shown: readonly string[]
  /** Filled in, and never shown along this route. */
  readonly hidden: readonly string[]
}

/** What one recipient would see at most of what was filled in: guards may take away more, and never give back. */
export function mostShown(
  data: Readonly<Record<string, unknown>>,
  { shows }: Pick<PublishedRoute, 'shows'>,
): MostShown {
  const filled = Object.keys(data).filter((name) => {
    const value = data[name]
    return value !== null && !(Array.isArray(value) && value.length === 0)
  })
  const passes = (name: string) => shows.includes('*') || shows.includes(name)
  return { shown: filled.filter(passes), hidden: filled.filter((name) => !passes(name)) }
}
