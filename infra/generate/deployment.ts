/** What deployments take from sources: alert rules, dashboards, topics and users for Strimzi. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { alertRules } from './alert-rules.ts'
import { dashboards } from './dashboards.ts'
import { strimziTopics, strimziUsers } from './strimzi.ts'

const CHART = 'infra/kubernetes/schakel'

/** Path from the root → text. Compose mounts the chart's files, so that there is one of each. */
export function deploymentFiles(root: string): ReadonlyMap<string, string> {
  const topics: unknown = JSON.parse(readFileSync(join(root, 'infra/kafka/topics.json'), 'utf8'))
  return new Map([
    [`${CHART}/files/alerts.yaml`, alertRules()],
    ...dashboards().map(
      ({ name, json }) =>
        [`${CHART}/files/dashboards/${name}.json`, `${JSON.stringify(json, null, 2)}\n`] as const,
    ),
    [`${CHART}/templates/kafka-topics.yaml`, strimziTopics(topics)],
    [`${CHART}/templates/kafka-users.yaml`, strimziUsers(topics)],
  ])
}
