/** Each rule of design §3, and one way to break it: `from` must occur exactly once in `file`. `by` names the tests that must notice. */
export interface Mutation {
  readonly rule: string
  readonly file: string
  readonly from: string
  readonly to: string
  readonly by: readonly TestName[]
}

export type TestName = keyof typeof TESTS

export const TESTS = {
  chain: 'test/unit/log/chain.test.ts',
  partition: 'test/unit/log/partition.test.ts',
  fold: 'test/unit/log/apply-outcome.test.ts',
  worker: 'test/unit/exchange/worker.test.ts',
  batchKeys: 'test/unit/exchange/batch-keys.test.ts',
  clock: 'test/unit/exchange/clock-guard.test.ts',
  property: 'test/property/exchange.test.ts',
  walk: 'test/faults/exchange-walk.test.ts',
  log: 'test/contract/event-log.test.ts',
  sequencer: 'test/unit/ledger/sequencer.test.ts',
  fsck: 'test/unit/ledger/fsck.test.ts',
  leaf: 'test/unit/ledger/leaf.test.ts',
  keys: 'test/contract/key-store.test.ts',
} as const

const CHAIN = 'services/_core/log/chain.ts'
const OUTCOME = 'services/_core/log/extend-outcome.ts'
const OPEN = 'services/_core/log/open-log.ts'
const REDRIVE = 'services/_core/log/redrive.ts'
const APPLY = 'services/_core/handoff/apply-outcome.ts'
const ROW = 'services/_core/handoff/fold-row.ts'
const WORKER = 'services/exchange/worker.ts'
const TICK = 'services/exchange/tick.ts'
const INPUTS = 'services/exchange/answer-inputs.ts'
const BATCH = 'services/exchange/batch.ts'
const CLOCK = 'services/exchange/clock-guard.ts'
const POISON = 'services/exchange/poison-guard.ts'
const SETTLE = 'services/exchange/settle-keys.ts'
const TAIL = 'services/ledger/outcome-tail.ts'
const HEAD_LEAF = 'services/_core/ledger/head-leaf.ts'
const CHECK_CUTS = 'services/cli/fsck/check-ledger.ts'
const KEYS = 'services/_adapters/key-store/sqlite.ts'

const off = (rule: string, file: string, from: string, by: readonly TestName[], to = ''): Mutation => ({
  rule,
  file,
  from,
  to,
  by,
})

const CHAIN_RULES: readonly Mutation[] = [
  off('a record continues seq', CHAIN, 'if (record.seq !== (head?.seq ?? 0) + 1) return undefined', [
    'chain',
  ]),
  off(
    'a record names the one before',
    CHAIN,
    'if (!sameBytes(record.prev, head?.hash ?? ZERO_HASH)) return undefined',
    ['chain'],
  ),
  off('at never falls', CHAIN, 'if (head && record.at < head.at) return undefined', ['chain']),
  off(
    'a genesis stands first and only there',
    CHAIN,
    'if (!head !== (record.genesis !== null && record.genesis.all === null)) return undefined',
    ['chain'],
  ),
  off(
    'the epoch rises only in a tick',
    OUTCOME,
    'outcome.epoch === head.epoch + 1 && outcome.in === null',
    ['chain'],
    'outcome.epoch === head.epoch + 1',
  ),
  off(
    'the epoch rises by one',
    OUTCOME,
    'outcome.epoch === head.epoch + 1 && outcome.in === null',
    ['chain'],
    'outcome.in === null',
  ),
  off(
    'the epoch opens a sweep',
    OUTCOME,
    'return rises && sweep?.upto === 0 ? sweep : undefined',
    ['chain'],
    'return rises ? (sweep ?? head.sweep) : undefined',
  ),
  off('a sweep only goes forward', OUTCOME, ' && sweep.upto >= head.sweep.upto', ['chain']),
  off(
    'inputs are answered in order',
    OUTCOME,
    'n !== head.inputs + 1 || position < head.inPosition',
    ['chain'],
    'position < head.inPosition',
  ),
  off(
    'inputs are the next in the topic',
    OUTCOME,
    'n !== head.inputs + 1 || position < head.inPosition',
    ['chain'],
    'n !== head.inputs + 1',
  ),
  off(
    'an outcome without input is a tick',
    OUTCOME,
    'if (isTick !== (outcome.in === null)) return undefined',
    ['chain'],
  ),
  off(
    'epochs of control are dense',
    'services/_core/log/extend-control.ts',
    '|| record.epoch !== head.epoch + 1',
    ['chain'],
  ),
  off(
    'a doubtful append is looked for, not repeated',
    'services/_core/log/append-chained.ts',
    'if (mine) return { record: written.record, head: mine }',
    ['log'],
  ),
  off('no log but the one founded', OPEN, 'all[name] !== hash ||', ['chain']),
  off(
    'a log is not shorter than its fold',
    OPEN,
    'if ((await log.end(chain.topic, partition)) < head.position) {',
    ['worker', 'chain'],
    'if (head.position < 0) {',
  ),
  off(
    'a fold lies on the chain',
    OPEN,
    'if (sameBytes(hashOf(entry.value), head.hash)) return true',
    ['worker', 'chain'],
    'return true',
  ),
  off(
    'no service founds a log',
    'services/exchange/catch-up.ts',
    "if (!page.head) return fail('OPS_LOG'",
    ['worker'],
    "if (!page.head) return { seq: 0 } as never\n    if (page.voids < 0) return fail('OPS_LOG'",
  ),
  off(
    'partitions as Kafka computes them',
    'services/_core/log/partition.ts',
    "'utf8')) & 0x7fffffff",
    ['partition'],
    "'utf8')) & 0xffffffff",
  ),
]

const WRITER_RULES: readonly Mutation[] = [
  off(
    'conflict is not success',
    WORKER,
    "if (answer.kind !== 'appended') return false",
    ['property'],
    "if (answer.kind === 'unknown') return false\n    if (answer.kind === 'conflict') throw new Failure('OPS_LOG_UNAVAILABLE')\n    this.#fold.setHead({ ...batch.head, position: head.position })",
  ),
  off(
    'silence is not success',
    WORKER,
    "if (answer.kind !== 'appended') return false",
    ['property', 'walk'],
    "if (answer.kind === 'conflict') return false\n    if (answer.kind === 'unknown') return this.#fold.commit() === undefined",
  ),
  off(
    'the fold moves only with the record',
    WORKER,
    'await this.#ports.keys.put(batch.keys.rows)',
    ['property', 'walk'],
    'await this.#ports.keys.put(batch.keys.rows)\n      this.#fold.commit()\n      this.#fold.begin()',
  ),
  off(
    'keys before records',
    WORKER,
    'await this.#ports.keys.put(batch.keys.rows)\n',
    ['walk', 'property'],
    '\n',
  ),
  off(
    'keys are durable before, not after',
    WORKER,
    'if (await this.#append(head, batch)) return',
    ['walk', 'property'],
    'if (await this.#append(head, batch)) return void (await this.#ports.keys.put(batch.keys.rows))',
  ),
  off('keys of lost attempts go', SETTLE, 'await keys.settle(partition, outcome.seq, keysNamed(outcome))', [
    'property',
    'walk',
  ]),
  off('keys named stay', SETTLE, 'keysNamed(outcome))', ['property', 'walk'], '[])'),
  off(
    'erased keys die',
    SETTLE,
    'if (erased.length > 0) await keys.destroy(erased)',
    ['property', 'walk'],
    'void erased',
  ),
  off(
    'keys die before the cursor passes',
    WORKER,
    'for (const outcome of batch.outcomes) await settleKeys(this.#ports.keys, this.#partition, outcome)',
    ['walk', 'property'],
    'setImmediate(async () => { for (const outcome of batch.outcomes) await settleKeys(this.#ports.keys, this.#partition, outcome).catch(() => undefined) })',
  ),
  off(
    'what others wrote settles keys too',
    'services/exchange/catch-up.ts',
    'await settleKeys(ports.keys, partition, record)',
    ['property', 'walk'],
  ),
  off(
    'what a batch erased is gone for it',
    'services/exchange/batch-keys.ts',
    'if (this.#erased.has(id)) return undefined',
    ['batchKeys'],
  ),
  off(
    'a batch whose case key lost is not written',
    WORKER,
    'if (!(await batch.keys.stand())) return this.#fold.rollback()',
    ['worker', 'property'],
  ),
  off(
    'an erased key is not made again',
    'services/exchange/batch-keys.ts',
    "if (this.#erased.has(id)) fail('OPS_KEY', undefined, 'an erased key is not made again')",
    ['batchKeys'],
  ),
  off(
    'a case key has a generation',
    APPLY,
    "if (effect.scope === 'case') fold.putGeneration(named.caseRef, fold.generation(named.caseRef) + 1)",
    ['property', 'fold'],
  ),
  off(
    'at is never below the record before',
    BATCH,
    'this.at = Math.max(head.at, now)',
    ['property'],
    'this.at = now',
  ),
  off(
    'a writer behind the last at pauses',
    CLOCK,
    "if (now < lastAt - LIMITS.clockSkewMs) fail('OPS_CLOCK', undefined, 'behind the last outcome')",
    ['worker'],
  ),
  off(
    'a writer off the log’s time pauses',
    CLOCK,
    'Math.max(Math.abs(at - before), Math.abs(at - after)) <= LIMITS.clockSkewMs',
    ['worker'],
    'after >= 0',
  ),
  off(
    'a slow answer proves no clock',
    CLOCK,
    'Math.max(Math.abs(at - before), Math.abs(at - after)) <= LIMITS.clockSkewMs',
    ['clock'],
    'at >= before - LIMITS.clockSkewMs && at <= after + LIMITS.clockSkewMs',
  ),
  off(
    'a probe goes first',
    CLOCK,
    'if (this.#comparedAt === undefined) return true',
    ['worker'],
    'if (this.#comparedAt === undefined) return false',
  ),
  off(
    'a clock is compared again',
    CLOCK,
    'return age < 0 || age > LIMITS.clockComparedMs',
    ['worker'],
    'return age < 0',
  ),
  off(
    'control was read within 10 s',
    WORKER,
    "if (age < 0 || age > LIMITS.controlAgeMs) fail('OPS_CONTROL', undefined, 'control was read too long ago')",
    ['worker'],
    'void age',
  ),
]

const ANSWER_RULES: readonly Mutation[] = [
  off('deadlines tick before each input', INPUTS, 'if (!(await tickDeadlines(ports, batch))) return', [
    'property',
  ]),
  off(
    'deadlines tick without inputs, before sweeps',
    WORKER,
    'if (!(await tickDeadlines(this.#ports, batch))) return',
    ['property', 'worker'],
  ),
  off(
    'a sweep asks what was open before',
    TICK,
    'const done = batch.fold.open(0, epoch, 1).length === 0',
    ['property', 'worker'],
    'const done = true',
  ),
  off(
    'a newer epoch restarts the sweep',
    TICK,
    'sweep: { upto: 0, done } }',
    ['worker', 'property'],
    'sweep: { upto: batch.head.sweep.upto, done } }',
  ),
  off(
    'a sweep leaves nobody out',
    TICK,
    'upto: last?.seq ?? sweep.upto',
    ['property', 'worker'],
    'upto: (last?.seq ?? sweep.upto) + 2',
  ),
  off(
    'a sweep is cut at whole messages',
    TICK,
    'rows.filter((row) => row.seq < next.seq)',
    ['worker'],
    'rows.slice(0, limit)',
  ),
  off(
    'a sweep is cut by bytes',
    TICK,
    '|| limit <= 1) throw error',
    ['worker'],
    '|| limit >= 1) throw error',
  ),
  off(
    'epochs rise one by one',
    TICK,
    'const epoch = batch.head.epoch + 1',
    ['property', 'worker'],
    'const epoch = latest',
  ),
  off(
    'no answer before the first epoch',
    WORKER,
    'const judging = head.epoch > 0 || behind',
    ['worker'],
    'const judging = true || behind',
  ),
  off('a block is cut by bytes', BATCH, 'if (bytes > LIMITS.appendBytesMax) throw new BatchFull()', [
    'worker',
  ]),
  off(
    'an outcome is at most 1 MiB',
    BATCH,
    'if (sizeOf(evaluation) > LIMITS.outcomeBytesMax) throw new OutcomeTooLarge()',
    ['worker'],
  ),
  off(
    'a block has at most 64 inputs',
    INPUTS,
    'Math.min(records.length, LIMITS.batchInputsMax)',
    ['worker'],
    'records.length',
  ),
  off('a block is 5 ms of work', INPUTS, '|| batch.spent) return', ['worker'], ') return'),
  off(
    'after a death inputs go singly',
    POISON,
    'marks.setSinglyUpto(Math.max(left.last, marks.singlyUpto()))',
    ['worker'],
  ),
  off(
    'a death in a single input counts',
    POISON,
    'if (left.first === left.last) marks.addAttempt(left.first)',
    ['worker'],
  ),
  off(
    'a death in a range counts for none',
    POISON,
    'if (left.first === left.last) marks.addAttempt(left.first)',
    ['worker'],
    'for (let n = left.first; n <= left.last; n += 1) marks.addAttempt(n)',
  ),
  off('the range is marked', POISON, 'this.#marks.mark({ first, last })', ['worker']),
  off('OPS_ counts for nothing', POISON, "if (failure.family === 'OPS') return false", ['worker']),
  off(
    'three times is poison',
    POISON,
    'return this.#marks.attempts(n) >= LIMITS.poisonAttempts',
    ['worker'],
    'return this.#marks.attempts(n) >= 1',
  ),
  off(
    'the mark is cleared after the work',
    POISON,
    '    } finally {\n      this.#marks.clear()\n    }',
    ['worker'],
    '    } finally {\n      void 0\n    }',
  ),
  off(
    'a redrive is received when it was parked',
    REDRIVE,
    '=== parked.digest ? parked.at : appendedAt',
    ['worker'],
    '=== parked.digest ? appendedAt : appendedAt',
  ),
  off(
    'a redrive has the original bytes',
    REDRIVE,
    '=== parked.digest ? parked.at : appendedAt',
    ['worker'],
    '!== null ? parked.at : appendedAt',
  ),
  off(
    'an id is remembered long enough',
    APPLY,
    'fold.dropSeen(outcome.at)',
    ['fold'],
    'fold.dropSeen(outcome.at + 100_000)',
  ),
  off('an id is registered', APPLY, 'fold.putSeen({ ...seen, seq })', ['property', 'fold']),
  off('the first keeps the id', APPLY, 'if (fold.seen(seen.iss, seen.jti)) return', ['fold']),
  off('PEER_ registers no id', APPLY, "|| answer.code?.startsWith('PEER_')", ['fold', 'property']),
  off('parked registers no id', APPLY, "|| answer.kind === 'parked'", ['fold']),
  off(
    'a hold keeps its archive copy',
    APPLY,
    'fold.putArchive(messageArchive(outcome), outcome.archive)',
    ['fold', 'property'],
    'void 0',
  ),
  off(
    'what ended stays ended',
    ROW,
    "if (!isOpen(row.state)) return fail('BUG_INVARIANT', undefined, 'change of an ended hand-off')",
    ['fold'],
  ),
]

const ADAPTER_RULES: readonly Mutation[] = [
  off(
    'SQLite appends by compare-and-set',
    'services/_adapters/event-log/sqlite.ts',
    "if (found.end !== head) return { kind: 'conflict' }",
    ['log'],
  ),
  off('keys are overwritten when deleted', KEYS, 'secureDelete: true', ['keys'], 'secureDelete: false'),
  off(
    'keys leave the write-ahead log',
    KEYS,
    'if (ids.length > 0) await truncate(database)',
    ['keys'],
    'void truncate',
  ),
  off(
    'a key keeps its first bytes',
    KEYS,
    'ON CONFLICT (id) DO NOTHING',
    ['keys'],
    'ON CONFLICT (id) DO UPDATE SET bytes = excluded.bytes',
  ),
  off(
    'settling spares other seqs',
    KEYS,
    'WHERE part = ? AND seq = ?',
    ['keys'],
    'WHERE part = ? AND seq >= ?',
  ),
  off(
    'a fold rolls back whole',
    'services/_adapters/fold/sqlite.ts',
    "if (database.isTransaction) database.exec('ROLLBACK')",
    ['fold', 'property'],
    "if (database.isTransaction) database.exec('COMMIT')",
  ),
]

const LEDGER_RULES: readonly Mutation[] = [
  off('ledger: each head that moved has a leaf', TAIL, '      yield headLeaf(partition, head)\n', [
    'sequencer',
  ]),
  off(
    'ledger: only heads that moved have one',
    TAIL,
    'if (!head || head === done[partition]) continue',
    ['sequencer'],
    'if (!head) continue',
  ),
  off(
    'ledger: control has a leaf at each epoch',
    TAIL,
    'if (epoch > latest(done)) yield headLeaf(CONTROL_PARTITION, control.at(epoch))',
    ['fsck'],
    'void CONTROL_PARTITION',
  ),
  off(
    'ledger: a head that moved is cut, leaves or not',
    TAIL,
    'count += 1 + step.record.leaves.length',
    ['sequencer'],
    'count += step.record.leaves.length',
  ),
  off('ledger: a head leaf holds the hash of its record', HEAD_LEAF, '  leaf.set(hash, PLACE)\n', [
    'leaf',
    'fsck',
  ]),
  off(
    'ledger: no decision stands in the place of a head',
    'services/_core/ledger/leaf.ts',
    '!whole(n, 0xffff)',
    ['leaf'],
    '!whole(n, 2 ** 16)',
  ),
  off(
    'ledger: fsck makes the heads from the log',
    CHECK_CUTS,
    'const { seq, hash } = check.head',
    ['fsck'],
    "const { seq } = check.head\n      const hash = '00'.repeat(32)",
  ),
  off(
    'ledger: fsck compares the tree with the cut',
    CHECK_CUTS,
    "problems.expect(same, at, 'size or root is not that of its outcomes')",
    ['fsck'],
    'void same',
  ),
]

export const MUTATIONS: readonly Mutation[] = [
  ...CHAIN_RULES,
  ...WRITER_RULES,
  ...ANSWER_RULES,
  ...ADAPTER_RULES,
  ...LEDGER_RULES,
]
