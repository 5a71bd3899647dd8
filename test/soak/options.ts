import type { Scheduled } from './schedule.ts'

/** What `npm run soak -- …` is asked to do. */
export interface SoakOptions {
  readonly profile: 'kafka' | 'embedded'
  readonly minutes: number
  readonly seed: number
  /** At most so many messages are begun, repeats and acknowledgements not counted. */
  readonly messages: number
  /** Messages begun a second. */
  readonly rate: number
  readonly kills: number
  /** Late and lost answers too: all traffic to brokers, also theirs among each other, then goes through this process. */
  readonly network: boolean
  readonly exchanges: number
  readonly gateways: number
  readonly json: string | undefined
  /** Kept afterwards when it is named. */
  readonly data: string | undefined
  /** One in so many hand-offs is opened and acknowledged. */
  readonly openEvery: number
  /** Instead of what the seed draws. */
  readonly script?: readonly Scheduled[]
  /** Some folders lie on disks that can be full; needs the right to mount. */
  readonly disks?: boolean
}

const KILLS_A_MINUTE = 21
const RATE = 110

const number = (text: string | undefined, usual: number, least: number, most: number): number => {
  const value = text === undefined ? usual : Number(text)
  if (!Number.isFinite(value) || value < least || value > most)
    throw new Error(`not a number that fits: ${text}`)
  return value
}

/** Throws on an argument it does not know. No `--seed`: one is drawn, and printed. */
export function parseOptions(argv: readonly string[], drawn: number): SoakOptions {
  const named = new Map<string, string>()
  const flags = new Set<string>()
  const known = [
    'minutes',
    'seed',
    'messages',
    'rate',
    'kills',
    'exchanges',
    'gateways',
    'json',
    'data',
    'open-every',
  ]
  for (let index = 0; index < argv.length; index += 1) {
    const name = (argv[index] ?? '').replace(/^--/, '')
    if (name === 'kafka' || name === 'embedded' || name === 'network') flags.add(name)
    else if (known.includes(name) && argv[index + 1] !== undefined) named.set(name, argv[++index] ?? '')
    else throw new Error(`unknown argument: ${argv[index]}`)
  }
  const minutes = number(named.get('minutes'), 10, 0.1, 24 * 60)
  return {
    profile: flags.has('embedded') ? 'embedded' : 'kafka',
    minutes,
    network: flags.has('network'),
    seed: number(named.get('seed'), drawn, 0, 2 ** 32 - 1),
    messages: number(named.get('messages'), Number.MAX_SAFE_INTEGER, 1, Number.MAX_SAFE_INTEGER),
    rate: number(named.get('rate'), RATE, 1, 10_000),
    kills: number(named.get('kills'), Math.ceil(KILLS_A_MINUTE * minutes), 0, 100_000),
    exchanges: number(named.get('exchanges'), 3, 1, 8),
    gateways: number(named.get('gateways'), 2, 1, 8),
    json: named.get('json'),
    data: named.get('data'),
    openEvery: number(named.get('open-every'), 4, 1, 1_000_000),
  }
}
