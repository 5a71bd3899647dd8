import type { StoryLine } from '#services/story/play-case.ts'
import type { Store } from '../open-store.ts'
import { partyName } from '../party-names.ts'

const RECENT = 64

function ruleOf(line: StoryLine): string {
  if (line.verdict === 'hold' || line.verdict === 'deny') return line.reasons.join(' + ')
  return line.basis.map((one) => `${one.rule} (${one.article}${one.verified ? '' : ' †'})`).join(', ')
}

/** As `--json` prints it: the members that readers of these lines were promised, and no more. */
export function printed({ obligations: _, ...line }: StoryLine): Omit<StoryLine, 'obligations'> {
  return line
}

/** time, step, from → to, type, verdict, rule (article), withheld, state, ms, id. */
export function describe(line: StoryLine, now: number): string {
  const redacted = line.verdict !== 'deny' && line.withheld.length > 0
  const withheld = redacted ? ` · withheld ${line.withheld.join(', ')}` : ''
  return [
    new Date(now).toISOString().slice(11, 23),
    line.step.padEnd(3),
    `${line.from} → ${line.to}`.padEnd(36),
    line.type.padEnd(25),
    line.verdict.padEnd(15),
    `${ruleOf(line)}${withheld} · ${line.state} · ${line.ms} ms · ${line.handoff}`,
  ].join(' ')
}

/** The requests to approve that a hold sent out: hand-offs of their own, which the sender of the held one does not read. */
export async function requestLines(store: Store, lines: readonly StoryLine[]): Promise<readonly StoryLine[]> {
  await store.view.catchUp()
  const { epoch } = store.control.current()
  const held = new Map(lines.filter((line) => line.verdict === 'hold').map((line) => [line.handoff, line]))
  const requests: StoryLine[] = []
  for (const row of store.view.recent(RECENT)) {
    const about = row.asks ? held.get(row.asks.handoff) : undefined
    if (!about) continue
    const verdict = (await store.view.decisions(row.handoff)).find((record) => record.verdict)?.verdict
    requests.push({
      handoff: row.handoff,
      step: about.step,
      from: about.from,
      to: partyName(row.to, epoch),
      type: 'approval.requested',
      verdict: verdict?.kind ?? 'unknown',
      reasons: [],
      basis: verdict?.basis ?? [],
      shown: verdict?.shown ?? [],
      withheld: (verdict?.withheld ?? []).map((member) => member.member),
      obligations: verdict?.obligations ?? [],
      state: row.state,
      ms: about.ms,
    })
  }
  return requests
}
