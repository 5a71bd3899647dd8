import { MemoryPartnerTopics } from '../support/memory-partner-topics.ts'
import { partnerTopicsSuite } from './partner-topics.suite.ts'

let partners = 0
const topics = new MemoryPartnerTopics()

partnerTopicsSuite('memory', () => ({
  topics,
  partner: async () => {
    partners += 1
    return `0000009900000010${String(partners).padStart(4, '0')}`
  },
  publish: async (oin, headers, value) => topics.publish(oin, headers, value),
}))
