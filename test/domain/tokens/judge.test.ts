import { describe, expect, test } from '@jest/globals'
import { checkSecret } from '../../../src/domain/credentials/check-secret.ts'
import type { SecretCredential } from '../../../src/domain/credentials/credential.ts'
import { newId, newTokenId } from '../../../src/domain/ids.ts'
import { foldName } from '../../../src/domain/names.ts'
import { digestWith, newPepperKey, newSecret, pepperOf } from '../../../src/domain/secret.ts'
import { judgeToken } from '../../../src/domain/tokens/judge.ts'
import { sampleAccount } from '../samples.ts'

const now = 1_000_000

describe('a token with a good signature', () => {
  const token = { jti: newTokenId(now), clientId: 'ost_ci_sample', expiresAt: now + 1000 }
  const never = () => false

  test('stands for an account that is live and enabled', () => {
    expect(judgeToken(token, sampleAccount(), never)).toMatchObject({ ok: true })
  })

  test.each([
    ['account_gone', undefined],
    ['account_gone', sampleAccount({ live: false })],
    ['account_disabled', sampleAccount({ state: 'disabled' })],
    ['epoch', sampleAccount({ generation: 1 })],
    ['epoch', sampleAccount({ tokensNotBefore: now })],
    ['epoch', sampleAccount({ tokensNotBefore: now + 1 })],
  ] as const)('does not stand: %s', (why, account) => {
    expect(judgeToken(token, account, never)).toEqual({ ok: false, why })
  })

  test('stands from the generation of its account on, whatever the clock of its issuer said', () => {
    const account = sampleAccount({ generation: 7 })
    const whys = [6, 7, 8].map((generation) => {
      const verdict = judgeToken({ ...token, generation }, account, never)
      return verdict.ok ? 'stands' : verdict.why
    })
    expect(whys).toEqual(['epoch', 'stands', 'stands'])
  })

  test('does not stand once the credential that it was issued for was deleted', () => {
    const [deleted, kept] = [newId('credential', 1), newId('credential', 1)]
    const account = sampleAccount({ endedCredentials: [newId('credential', 1), deleted] })
    const judged = (credentialId: string) => judgeToken({ ...token, credentialId }, account, never)
    expect(judged(deleted)).toEqual({ ok: false, why: 'credential_deleted' })
    expect(judged(kept)).toMatchObject({ ok: true })
  })

  test('stands when it names no credential, whichever were deleted', () => {
    const account = sampleAccount({ endedCredentials: [newId('credential', 1)] })
    expect(judgeToken(token, account, never)).toMatchObject({ ok: true })
  })

  test('of the first release stands when it was made after what its account revoked then', () => {
    const account = sampleAccount({ tokensNotBefore: now - 1 })
    expect(judgeToken(token, account, never)).toMatchObject({ ok: true })
  })

  test('does not stand once its jti is revoked, and that of no other', () => {
    const asked: string[] = []
    judgeToken(token, sampleAccount(), (id) => asked.push(id) === 0)
    const revoked = (id: string) => asked.includes(id)
    expect(asked.join()).not.toContain(token.jti)
    expect(judgeToken(token, sampleAccount(), revoked)).toEqual({ ok: false, why: 'revoked' })
    const other = { ...token, jti: newTokenId(now) }
    expect(judgeToken(other, sampleAccount(), revoked)).toMatchObject({ ok: true })
  })

  test('does not stand when its jti does not tell when it was made', () => {
    const strange = { ...token, jti: 'strange' }
    const account = sampleAccount({ tokensNotBefore: 1 })
    for (const jti of ['!', 'x', 'tok_zzzzzzzzz']) {
      expect(judgeToken({ ...strange, jti }, account, never)).toMatchObject({ why: 'epoch' })
    }
  })
})

describe('a client secret', () => {
  const [current, retired, lost] = [newPepperKey(), newPepperKey(), newPepperKey()].map(pepperOf)
  if (!current || !retired || !lost) throw new Error('no peppers')
  const secret = newSecret('secret').reveal()
  const world = { peppers: [current, retired], now }

  const credential = (given: Partial<SecretCredential> = {}): SecretCredential => ({
    kind: 'secret',
    id: newId('credential', 1),
    name: '',
    createdAt: 1,
    createdBy: '',
    digest: digestWith(current, secret),
    ...given,
  })
  const verdict = (account: Parameters<typeof checkSecret>[0], text = secret) => {
    const found = checkSecret(account, text, world)
    return found.ok ? 'ok' : found.why
  }

  test('is good under the current and under a retired pepper, not under a lost one', () => {
    const under = (pepper: typeof current) =>
      verdict(sampleAccount({ credentials: [credential({ digest: digestWith(pepper, secret) })] }))
    expect([current, retired, lost].map(under)).toEqual(['ok', 'ok', 'wrong_secret'])
  })

  test('is refused for its true reason', () => {
    const credentials = [credential()]
    expect(verdict(undefined)).toBe('unknown_client')
    expect(verdict(sampleAccount({ live: false, credentials }))).toBe('unknown_client')
    expect(verdict(sampleAccount())).toBe('wrong_secret')
    expect(verdict(sampleAccount({ credentials }), 'other')).toBe('wrong_secret')
    expect(verdict(sampleAccount({ state: 'disabled', credentials }))).toBe('account_disabled')
    const over = [credential({ expiresAt: now })]
    expect(verdict(sampleAccount({ credentials: over }))).toBe('expired_secret')
    const lastMoment = [credential({ expiresAt: now + 1 })]
    expect(verdict(sampleAccount({ credentials: lastMoment }))).toBe('ok')
    expect(verdict(sampleAccount({ credentials }), `${secret}x`)).toBe('mistyped_secret')
  })
})

test('names are compared without regard to case, composition and compatible forms', () => {
  expect(foldName('CAF\u00c9')).toBe(foldName('cafe\u0301'))
  expect(foldName('\ufb01le \uff11')).toBe(foldName('FILE 1'))
  expect(foldName('a b')).not.toBe(foldName('ab'))
})
