import { connect } from '#sdk/connect.ts'

/** All that a partner system writes: `docs/how-to/connect-a-partner.md` shows this function, a test runs it. */
export async function partner(gateway: string, identity: string, to: string, stop: AbortSignal) {
  const schakel = await connect({ gateway, identity, endpoint: 'zaken' })
  for await (const tip of schakel.stream(stop)) {
    await schakel.acknowledge(tip)
    const answer = await schakel.publish('tip.feedback', {
      subject: tip.handoff,
      to: [{ to, purpose: 'feedback', basis: 'no-personal-data' }],
      data: { tipRef: tip.data['tipRef'], status: 'RECEIVED' },
      context: { regime: 'GDPR', handling: 'GREEN' },
      preparedBy: { actor: 'rech-21', role: 'rechercheur', automated: false },
      evidence: [tip],
    })
    for (const { verdict } of answer.handoffs) console.log(verdict?.kind, verdict?.reasons)
  }
  schakel.close()
}
