/** Kafka's primitive types (protocol guide, "Protocol Primitive Types"), as far as our own requests need them. */

const SEVEN_BITS = 0x7f
const MORE = 0x80

export class WireWriter {
  readonly #parts: Buffer[] = []

  done(): Buffer {
    return Buffer.concat(this.#parts)
  }

  int8(value: number): this {
    const bytes = Buffer.alloc(1)
    bytes.writeInt8(value)
    this.#parts.push(bytes)
    return this
  }

  int16(value: number): this {
    const bytes = Buffer.alloc(2)
    bytes.writeInt16BE(value)
    this.#parts.push(bytes)
    return this
  }

  int32(value: number): this {
    const bytes = Buffer.alloc(4)
    bytes.writeInt32BE(value)
    this.#parts.push(bytes)
    return this
  }

  float64(value: number): this {
    const bytes = Buffer.alloc(8)
    bytes.writeDoubleBE(value)
    this.#parts.push(bytes)
    return this
  }

  bool(value: boolean): this {
    return this.int8(value ? 1 : 0)
  }

  /** NULLABLE_STRING. */
  text(value: string | undefined): this {
    const bytes = Buffer.from(value ?? '', 'utf8')
    const length = Buffer.alloc(2)
    length.writeInt16BE(value === undefined ? -1 : bytes.length)
    this.#parts.push(length, bytes)
    return this
  }

  varint(value: number): this {
    let left = value
    const bytes: number[] = []
    while (left > SEVEN_BITS) {
      bytes.push((left & SEVEN_BITS) | MORE)
      left >>>= 7
    }
    this.#parts.push(Buffer.from([...bytes, left]))
    return this
  }

  /** COMPACT_BYTES and COMPACT_STRING. */
  compact(value: Uint8Array | string): this {
    const bytes = Buffer.from(value as string)
    this.varint(bytes.length + 1)
    this.#parts.push(bytes)
    return this
  }

  /** COMPACT_ARRAY of structures, each with its empty tagged fields. */
  compactArray<T>(items: readonly T[], write: (item: T) => void): this {
    this.varint(items.length + 1)
    for (const item of items) {
      write(item)
      this.noTags()
    }
    return this
  }

  array<T>(items: readonly T[], write: (item: T) => void): this {
    this.int32(items.length)
    for (const item of items) write(item)
    return this
  }

  noTags(): this {
    return this.varint(0)
  }
}

/** Reads what a broker of ours answered; reading beyond the end throws `RangeError`. */
export class WireReader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  #take(length: number): Buffer {
    if (length < 0 || this.#at + length > this.#bytes.length) throw new RangeError('answer too short')
    this.#at += length
    return this.#bytes.subarray(this.#at - length, this.#at)
  }

  int8(): number {
    return this.#take(1).readInt8()
  }

  int16(): number {
    return this.#take(2).readInt16BE()
  }

  int32(): number {
    return this.#take(4).readInt32BE()
  }

  float64(): number {
    return this.#take(8).readDoubleBE()
  }

  text(): string | undefined {
    const length = this.int16()
    return length < 0 ? undefined : this.#take(length).toString('utf8')
  }

  varint(): number {
    let value = 0
    for (let shift = 0; shift <= 28; shift += 7) {
      const byte = this.#take(1)[0] ?? 0
      value |= (byte & SEVEN_BITS) << shift
      if ((byte & MORE) === 0) return value >>> 0
    }
    throw new RangeError('varint too long')
  }

  compactText(): string | undefined {
    const length = this.varint()
    return length === 0 ? undefined : this.#take(length - 1).toString('utf8')
  }

  array<T>(read: () => T): readonly T[] {
    const count = Math.max(0, this.int32())
    return Array.from({ length: count }, read)
  }

  compactArray<T>(read: () => T): readonly T[] {
    const count = Math.max(0, this.varint() - 1)
    return Array.from({ length: count }, () => {
      const item = read()
      this.tags()
      return item
    })
  }

  tags(): void {
    for (let left = this.varint(); left > 0; left -= 1) {
      this.varint()
      this.#take(this.varint())
    }
  }
}
