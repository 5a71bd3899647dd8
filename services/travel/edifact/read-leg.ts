import { readTravelTime } from './read-date.ts'
import { component, type Segment } from './segment.ts'
import { type Leg, type Open, present } from './traveller.ts'

/**
 * Reads TVL: departure and arrival, from, to, carrier, number. Undefined when it names no flight, as the TVL that
 * carries the class alone (`TVL+++++303:Y`) or an open ticket.
 */
export function readLeg(segment: Segment): Leg | undefined {
  const [from, to] = [component(segment, 1), component(segment, 2)]
  const carrier = component(segment, 3)
  const number = component(segment, 4)
  if (!/^[A-Z]{3}$/.test(from) || !/^[A-Z]{3}$/.test(to) || !/^\d{1,4}[A-Z]?$/.test(number)) return undefined
  const leg: Open<Leg> = {
    flight: `${carrier}${number}`,
    carrier,
    from,
    to,
    departs: readTravelTime(component(segment, 0, 0), component(segment, 0, 1)),
    arrives: readTravelTime(component(segment, 0, 2), component(segment, 0, 3)),
  }
  return present<Leg>(leg)
}
