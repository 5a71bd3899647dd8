import type { Topic } from '#core/ports/event-log.ts'
import { LogTail } from './log-tail.ts'

/** One partition of one topic of the log. */
export interface Place {
  readonly topic: Topic
  readonly partition: number
  /** As Kafka knows it. */
  readonly name: string
  readonly tail: LogTail
}

export interface Places {
  at(topic: Topic, partition: number): Place
  /** `end` was seen there: whoever waits for this place is woken when it is further than what was known. */
  seen(place: Place, end: number): void
  /** Calls `woken` for each place that grew, until the returned function is called. */
  listen(woken: (place: Place) => void): () => void
}

export function logPlaces(topicPrefix: string): Places {
  const places = new Map<string, Place>()
  const listeners = new Set<(place: Place) => void>()
  return {
    at(topic, partition) {
      const key = `${topic}/${partition}`
      const found = places.get(key)
      if (found) return found
      const place = { topic, partition, name: `${topicPrefix}${topic}`, tail: new LogTail() }
      places.set(key, place)
      return place
    },
    seen(place, end) {
      const before = place.tail.end
      // A leader that has just taken over may show less for a while: then somebody is woken for nothing later.
      place.tail.end = end
      if (before === undefined || end > before) for (const woken of [...listeners]) woken(place)
    },
    listen(woken) {
      listeners.add(woken)
      return () => listeners.delete(woken)
    },
  }
}
