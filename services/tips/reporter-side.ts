import { createHmac, randomBytes, randomUUID } from 'node:crypto'
import { PageRefusal } from '#web/page-refusal.ts'
import { CODE_BYTES, hashOfCode, makeCode, readCode } from './come-back-code.ts'
import { guessLimit } from './guess-limit.ts'
import { TIP_LENGTHS, type TipFault, type TipReport, textFault } from './read-tip-form.ts'
import type { Question, Tip } from './tip-file.ts'
import type { TipStore } from './tip-store.ts'

/** More tips than this are a flood: the form then answers that it cannot take one now. */
export const TIPS_MOST = 5_000

export type Visit =
  | { readonly kind: 'found'; readonly tip: Tip; readonly questions: readonly Question[] }
  | { readonly kind: 'malformed' | 'unknown' | 'wait' }

/** `form`: 16 random bytes that each empty form carries. */
const FORM = /^[A-Za-z0-9_-]{22}$/
export const newForm = (): string => randomBytes(16).toString('base64url')

const opaque = (prefix: string): string => `${prefix}-${randomBytes(5).toString('hex').toUpperCase()}`

/** What a reporter can do: tell, come back, answer. Nobody signs in here, and nothing is kept of who asked. */
export class ReporterSide {
  readonly #store: TipStore
  readonly #now: () => number
  readonly #keepMs: number
  readonly #limit: ReturnType<typeof guessLimit>
  readonly #key = randomBytes(32)

  constructor(store: TipStore, now: () => number, keepMs: number) {
    this.#store = store
    this.#now = now
    this.#keepMs = keepMs
    this.#limit = guessLimit(now)
  }

  /**
   * Stores the tip and answers the code to come back with. The same form sent again with the same words (a page reloaded, a line that
   * broke) is the same tip with the same code. `PageRefusal` 400 without a form, 503 when there are too many tips.
   */
  take(report: TipReport, form: string): string {
    if (!FORM.test(form)) throw new PageRefusal(400)
    const said = createHmac('sha256', this.#key)
      .update(`${form}\n${JSON.stringify(report)}`)
      .digest()
    const code = makeCode(said.subarray(0, CODE_BYTES))
    const hash = hashOfCode(readCode(code) ?? '')
    if (this.#store.tipOfCode(hash)) return code
    if (this.#store.countTips() >= TIPS_MOST) throw new PageRefusal(503)
    const receivedAt = this.#now()
    this.#store.addTip(
      {
        ref: opaque('TIP'),
        handle: opaque('RPT'),
        receivedAt,
        keepUntil: receivedAt + this.#keepMs,
        report,
        state: 'new',
        status: 'RECEIVED',
        message: randomUUID(),
        outcome: null,
      },
      hash,
    )
    return code
  }

  /** The tip of a code, with the questions that were relayed. A code that nobody was given costs a guess; a mistyped one does not. */
  visit(typed: string): Visit {
    const letters = readCode(typed)
    if (letters === undefined) return { kind: 'malformed' }
    if (!this.#limit.mayTry()) return { kind: 'wait' }
    const tip = this.#store.tipOfCode(hashOfCode(letters))
    if (!tip) {
      this.#limit.wrong()
      return { kind: 'unknown' }
    }
    const questions = this.#store.questions(tip.ref).filter(({ state }) => state !== 'received')
    return { kind: 'found', tip, questions }
  }

  /**
   * Keeps an answer for the hotline to read; undefined = kept. A question of another tip, or one answered already, is `PageRefusal`
   * 409: nothing is overwritten.
   */
  answer(
    { questions }: Extract<Visit, { kind: 'found' }>,
    handoff: string,
    text: string,
  ): TipFault | undefined {
    const fault = textFault(text, TIP_LENGTHS.answer, true)
    if (fault) return fault
    const question = questions.find((one) => one.handoff === handoff)
    if (question?.state !== 'relayed') throw new PageRefusal(409)
    this.#store.changeQuestion(handoff, { state: 'answered', answer: text })
    return undefined
  }
}
