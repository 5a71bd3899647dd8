import { SchakelError } from './sdk-error.ts'

export interface StreamEvent {
  readonly event: string
  readonly data: string
  /** The last id seen so far: where to resume. */
  readonly id: string
}

const BUFFER_MAX = 4 * 1024 * 1024

/** Server-sent events (WHATWG HTML §9.2.6) from bytes in any pieces; comments and empty events are left out. */
export async function* parseEventStream(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<StreamEvent> {
  const decoder = new TextDecoder('utf-8')
  let rest = ''
  let id = ''
  let event = ''
  let data: string[] = []
  for await (const chunk of chunks) {
    rest += decoder.decode(chunk, { stream: true })
    if (rest.length > BUFFER_MAX) throw new SchakelError('MSG_SIZE', { detail: 'event too large' })
    // A CR at the very end may be half of a CRLF: it waits for the next chunk.
    const lines = rest.split(/\r\n|\n|\r(?!$)/)
    rest = lines.pop() ?? ''
    for (const line of lines) {
      if (line === '') {
        if (data.length > 0) yield { event: event || 'message', data: data.join('\n'), id }
        event = ''
        data = []
        continue
      }
      const colon = line.indexOf(':')
      const field = colon === -1 ? line : line.slice(0, colon)
      const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '')
      if (field === 'data') data.push(value)
      else if (field === 'event') event = value
      else if (field === 'id' && !value.includes('\0')) id = value
    }
  }
}
