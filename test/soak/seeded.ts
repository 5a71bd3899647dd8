/** Chance that comes back: the same seed gives the same schedule and the same messages. */
export interface Seeded {
  /** In [0, 1). */
  next(): number
  /** 0 … below - 1. */
  int(below: number): number
  pick<T>(weighted: readonly (readonly [T, number])[]): T
  hex(bytes: number): string
  uuid(): string
}

/** `stream`: as many independent ones of a seed as are wanted. */
export function seeded(seed: number, stream: number): Seeded {
  // sfc32 (public domain, Chris Doty-Humphrey), warmed up.
  let [a, b, c, counter] = [seed | 0, stream | 0, 0x5eed | 0, 1]
  const draw = (): number => {
    const t = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (c << 21) | (c >>> 11)
    c = (c + t) | 0
    return t >>> 0
  }
  for (let index = 0; index < 15; index += 1) draw()
  const next = () => draw() / 2 ** 32
  const hex = (bytes: number) =>
    Array.from({ length: bytes }, () => (draw() >>> 24).toString(16).padStart(2, '0')).join('')
  return {
    next,
    int: (below) => Math.floor(next() * below),
    pick<T>(weighted: readonly (readonly [T, number])[]): T {
      let left = next() * weighted.reduce((sum, [, weight]) => sum + weight, 0)
      for (const [value, weight] of weighted) {
        left -= weight
        if (left < 0) return value
      }
      throw new Error('nothing to pick from')
    },
    hex,
    uuid() {
      const digits = hex(16)
      const variant = '89ab'[Number.parseInt(digits[16] ?? '0', 16) % 4]
      const parts = [digits.slice(0, 8), digits.slice(8, 12), `4${digits.slice(13, 16)}`]
      return [...parts, `${variant}${digits.slice(17, 20)}`, digits.slice(20, 32)].join('-')
    },
  }
}
