import { afterEach, describe, expect, it } from 'vitest'
import { watchHealth, within } from '#adapters/telemetry/health.ts'
import { type Management, startManagement } from '#adapters/telemetry/management.ts'
import { createMetrics } from '#adapters/telemetry/metrics.ts'
import { Failure } from '#core/failure.ts'

let running: Management | undefined
afterEach(() => running?.close())

async function start(checks: Parameters<typeof watchHealth>[0]) {
  const health = watchHealth(checks)
  running = await startManagement({ port: 0, metrics: createMetrics(), health })
  const { url } = running
  const get = async (path: string, method = 'GET') => {
    const answer = await fetch(url + path, { method })
    return { status: answer.status, type: answer.headers.get('content-type'), text: await answer.text() }
  }
  return { health, url, get }
}

describe('the management port', () => {
  it('knows three paths and one method', async () => {
    const { get } = await start({})
    expect((await get('/metrics', 'POST')).status).toBe(405)
    for (const path of ['/', '/metrics/', '/health', '/health/ready?x=1', '/../metrics2'])
      expect([path, (await get(path)).status]).toEqual([path, 404])
    expect((await get('/health/live')).status).toBe(200)
    expect(await get('/metrics')).toMatchObject({ status: 200, type: expect.stringContaining('text/plain') })
  })

  it('is loopback', async () => {
    const { url } = await start({})
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:/)
  })

  it('says by code what is wrong, and never its text', async () => {
    const { get } = await start({
      log: () => {},
      control: () => {
        throw new Failure('OPS_CONTROL', undefined, 'Jan Jansen')
      },
      view: () => Promise.reject(new Error('Jan Jansen')),
    })
    const { status, text } = await get('/health/ready')
    expect(status).toBe(503)
    expect(JSON.parse(text)).toEqual({
      status: 'unavailable',
      checks: { log: 'ok', control: 'OPS_CONTROL', view: 'BUG_UNEXPECTED' },
    })
  })

  it('is not ready from the moment it drains, alive all the while', async () => {
    const { get, health } = await start({ log: () => {} })
    expect((await get('/health/ready')).status).toBe(200)
    health.drain()
    expect(JSON.parse((await get('/health/ready')).text)).toEqual({
      status: 'draining',
      checks: { log: 'ok' },
    })
    expect((await get('/health/ready')).status).toBe(503)
    expect((await get('/health/live')).status).toBe(200)
  })

  it('a port that is taken is OPS_CONFIG', async () => {
    const { url } = await start({})
    const again = startManagement({
      port: Number(new URL(url).port),
      metrics: createMetrics(),
      health: watchHealth({}),
    })
    await expect(again).rejects.toMatchObject({ code: 'OPS_CONFIG' })
  })
})

describe('a stop within a bound', () => {
  it('is true when the work ended, false when it did not', async () => {
    expect(await within(1_000, Promise.resolve())).toBe(true)
    expect(await within(1, new Promise(() => {}))).toBe(false)
  })
})
