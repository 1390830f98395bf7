import { describe, expect, test } from '@jest/globals'
import { type AssertionRules, judgeAssertion } from '../../src/oauth/assertions.ts'

const issuer = 'https://issuer.example'
const now = 1_800_000_000

describe('after the store was put back to an older state, an assertion', () => {
  const rules: AssertionRules = {
    issuer,
    audiences: [],
    maxLifetimeSeconds: 300,
    clockToleranceSeconds: 10,
    isFapi: false,
    restoredAt: () => (now - 100) * 1000,
  }
  const isGood = (times: object, given = rules) => {
    const claims = { iss: 'c', sub: 'c', jti: 'j', aud: issuer, ...times }
    return judgeAssertion({ claims, header: {} }, given, now).ok
  }

  test('is refused when it was made before: it may have been used, and that is forgotten', () => {
    expect(isGood({ iat: now - 120, exp: now + 60 })).toBe(false)
    expect(isGood({ iat: now - 90, exp: now + 60 })).toBe(false)
    expect(
      isGood({ iat: now - 120, exp: now + 60 }, { ...rules, restoredAt: () => undefined }),
    ).toBe(true)
  })

  test('is good when it was made since, by any clock within the tolerance', () => {
    expect(isGood({ iat: now - 89, exp: now + 60 })).toBe(true)
  })

  test('that does not say when it was made is refused for as long as one from before could live', () => {
    expect(isGood({ exp: now + 60 })).toBe(false)
    expect(isGood({ exp: now + 211 })).toBe(true)
  })
})
