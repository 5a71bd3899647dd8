import { describe, expect, it } from 'vitest'
import { cookieOf, SESSION_LIMITS, Sessions, sessionCookie } from '#web/sessions.ts'

describe('sessions', () => {
  it('end after half an hour unused, and after eight hours whatever happens', () => {
    let now = 0
    const sessions = new Sessions<string>(() => now)
    const token = sessions.open('ann')
    now = SESSION_LIMITS.idleMs
    expect(sessions.user(token)).toBe('ann')
    now += SESSION_LIMITS.idleMs + 1
    expect(sessions.user(token)).toBeUndefined()
    const other = sessions.open('ben')
    const start = now
    while (now - start <= SESSION_LIMITS.longestMs) {
      expect(sessions.user(other)).toBe('ben')
      now += SESSION_LIMITS.idleMs
    }
    expect(sessions.user(other)).toBeUndefined()
  })

  it('know no token that was not given or was closed', () => {
    const sessions = new Sessions<string>(() => 0)
    const token = sessions.open('ann')
    expect(sessions.user('x'.repeat(43))).toBeUndefined()
    expect(sessions.user(undefined)).toBeUndefined()
    sessions.close(token)
    expect(sessions.user(token)).toBeUndefined()
  })

  it('are bounded: the one unused longest goes', () => {
    let now = 0
    const sessions = new Sessions<number>(() => now)
    const tokens = Array.from({ length: SESSION_LIMITS.most + 1 }, (_, index) => {
      now += 1
      return sessions.open(index)
    })
    expect(sessions.user(tokens[0])).toBeUndefined()
    expect(sessions.user(tokens[1])).toBe(1)
  })

  it('travel in a cookie that no script reads and no other site sends', () => {
    const cookie = sessionCookie('desk', 'token', true)
    for (const part of ['HttpOnly', 'SameSite=Strict', 'Secure', 'Path=/']) expect(cookie).toContain(part)
    expect(sessionCookie('desk', undefined, false)).toContain('Max-Age=0')
    expect(cookieOf('a=1; desk=token', 'desk')).toBe('token')
    expect(cookieOf('xdesk=token', 'desk')).toBeUndefined()
    expect(cookieOf(undefined, 'desk')).toBeUndefined()
  })
})
