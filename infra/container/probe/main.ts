// Health check of the container: 0 when the management port says the process lives, else 1. No shell and no curl in the image.
import { request } from 'node:http'

const PORT = 7490
const ANSWER_MS = 2_000

const asked = request(
  { host: '127.0.0.1', port: PORT, path: '/health/live', timeout: ANSWER_MS },
  (answer) => {
    answer.resume()
    process.exit(answer.statusCode === 200 ? 0 : 1)
  },
)
asked.on('timeout', () => process.exit(1))
asked.on('error', () => process.exit(1))
asked.end()
