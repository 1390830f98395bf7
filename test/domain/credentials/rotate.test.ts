import { describe, expect, test } from '@jest/globals'
import type { Account } from '../../../src/domain/accounts/account.ts'
import { addCredential } from '../../../src/domain/credentials/add.ts'
import { checkSecret } from '../../../src/domain/credentials/check-secret.ts'
import { rotateSecret } from '../../../src/domain/credentials/rotate.ts'
import type { Secret } from '../../../src/domain/secret.ts'
import { limits, refusal, worldOfFile } from '../world.ts'

const world = worldOfFile()

const rotate = (account: Account, overlapSeconds: number, given: object = {}) =>
  rotateSecret(world().system, account, { overlapSeconds, ...given })

/** Why a secret does not log in at a moment; `ok` when it does. */
async function verdict({ id }: Account, secret: Secret | undefined, now = world().clock.at) {
  const account = await world().store.get('account', id)
  const { peppers } = world().system
  const found = checkSecret(account, secret?.reveal() ?? '', { peppers, now })
  return found.ok ? 'ok' : found.why
}

async function withSecret(given: { readonly expiresAt?: number } = {}) {
  const account = await world().account()
  const { secret } = await addCredential(world().system, account, given)
  return { account, secret }
}

describe('a rotation', () => {
  test('without an overlap ends every former secret at once', async () => {
    const { account, secret } = await withSecret()
    const { secret: other } = await addCredential(world().system, account, {})
    const rotated = await rotate(account, 0)
    expect(rotated.formerEndsAt).toBe(world().clock.at)
    expect(await verdict(account, rotated.secret)).toBe('ok')
    for (const former of [secret, other])
      expect(await verdict(account, former)).toBe('wrong_secret')
  })

  test('with an overlap keeps the former secret until its very end', async () => {
    const { account, secret } = await withSecret()
    const { secret: latest, formerEndsAt } = await rotate(account, 60)
    expect(formerEndsAt).toBe(world().clock.at + 60_000)
    expect(await verdict(account, secret, formerEndsAt - 1)).toBe('ok')
    expect(await verdict(account, secret, formerEndsAt)).toBe('expired_secret')
    expect(await verdict(account, latest, formerEndsAt)).toBe('ok')
  })

  test('lets no secret live longer than it would have', async () => {
    const expiresAt = world().clock.at + 10_000
    const { account, secret } = await withSecret({ expiresAt })
    expect((await rotate(account, 60)).formerEndsAt).toBe(expiresAt)
    expect(await verdict(account, secret, expiresAt)).toBe('expired_secret')
  })

  test('ends the secret that an earlier rotation put out of use, so that they cannot pile up', async () => {
    const { account, secret: first } = await withSecret()
    const { secret: second } = await rotate(account, 60)
    const { secret: third } = await rotate(account, 60)
    expect(await verdict(account, first)).toBe('wrong_secret')
    for (const good of [second, third]) expect(await verdict(account, good)).toBe('ok')
    for (let n = 0; n < 10; n += 1) await rotate(account, 60)
    expect((await world().store.get('account', account.id))?.credentials).toHaveLength(2)
  })

  test('may overlap for as long as the operator allows, and no second longer', async () => {
    const { account, secret } = await withSecret()
    const { overlapSeconds } = limits
    expect(await refusal(rotate(account, overlapSeconds + 1))).toEqual([
      'request.invalid',
      { rule: 'overlap_is_bounded', mostSeconds: overlapSeconds },
    ])
    expect(await verdict(account, secret)).toBe('ok')
    const { formerEndsAt } = await rotate(account, overlapSeconds)
    expect(formerEndsAt).toBe(world().clock.at + overlapSeconds * 1000)
  })

  test('with an overlap finds no room beside as many live secrets as there may be', async () => {
    const { account } = await withSecret()
    for (let n = 1; n < limits.liveCredentials; n += 1) {
      await addCredential(world().system, account, {})
    }
    expect(await refusal(rotate(account, 60))).toEqual([
      'credential.limit',
      { most: limits.liveCredentials },
    ])
    expect(await refusal(rotate(account, 0))).toEqual([])
  })

  test('gives the new secret its name and end, which must lie ahead', async () => {
    const { account } = await withSecret()
    const expiresAt = world().clock.at + 1000
    const { credential } = await rotate(account, 0, { name: 'next', expiresAt })
    expect(credential).toMatchObject({ name: 'next', expiresAt })
    expect(await refusal(rotate(account, 0, { expiresAt: world().clock.at }))).toEqual([
      'request.invalid',
      { rule: 'end_lies_ahead' },
    ])
  })

  test('is refused for an account that logs in by key', async () => {
    const account = await world().account({ authMethod: 'private_key_jwt' })
    expect(await refusal(rotate(account, 0))).toEqual([
      'account.method_mismatch',
      { rule: 'nothing_to_rotate' },
    ])
  })

  test('leaves no secret and no digest in the log', async () => {
    const { account } = await withSecret()
    const { secret, credential } = await rotate(account, 60)
    const written = JSON.stringify(await world().log(account))
    expect(written).toContain(credential.id)
    expect(written).not.toContain(secret.reveal())
    expect(written).not.toContain(credential.digest.value)
  })
})
