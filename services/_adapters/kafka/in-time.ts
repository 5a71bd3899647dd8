/**
 * `work`, or an error when it has not ended after `ms`: what comes later is not heard. kafkajs ends most of what it waits for by
 * itself; this is for what it forgets, so that nothing that reads or writes the log waits for ever.
 */
export async function inTime<T>(work: Promise<T>, ms: number): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error('no end in time')), ms)
  try {
    return await Promise.race([work, late.promise])
  } finally {
    clearTimeout(timer)
  }
}
