import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import type { Account } from '../../../src/domain/accounts/account.ts'
import { addCredential } from '../../../src/domain/credentials/add.ts'
import { checkSecret } from '../../../src/domain/credentials/check-secret.ts'
import { isUsable } from '../../../src/domain/credentials/credential.ts'
import { deleteCredential } from '../../../src/domain/credentials/delete.ts'
import { listCredentials } from '../../../src/domain/credentials/list.ts'
import { trustedId } from '../../../src/domain/ids.ts'
import { change } from '../../contract/samples.ts'
import { limits, racing, refusal, worldOfFile } from '../world.ts'

const world = worldOfFile()
const most = limits.liveCredentials

const newJwk = (kid: string) => {
  const { publicKey } = generateKeyPairSync('ed25519')
  return { ...publicKey.export({ format: 'jwk' }), kid }
}
const credentialsOf = async ({ id }: Account) =>
  (await world().store.get('account', id))?.credentials ?? []
const fill = async (account: Account, given: { readonly expiresAt?: number } = {}) => {
  const left = most - (await credentialsOf(account)).length
  for (let n = 0; n < left; n += 1) await addCredential(world().system, account, given)
}

describe('a credential that is added', () => {
  test('is a secret that logs in from now on until its end', async () => {
    const account = await world().account()
    const expiresAt = world().clock.at + 1000
    const terms = { name: 'second', expiresAt }
    const { credential, secret } = await addCredential(world().system, account, terms)
    expect(await credentialsOf(account)).toEqual([credential])
    expect(credential).toMatchObject({ ...terms, kind: 'secret', createdBy: 'test' })
    const stored = await world().store.get('account', account.id)
    const { peppers } = world().system
    const check = (now: number) => checkSecret(stored, secret?.reveal() ?? '', { peppers, now }).ok
    expect([check(expiresAt - 1), check(expiresAt)]).toEqual([true, false])
  })

  test('is refused when its end does not lie ahead', async () => {
    const account = await world().account()
    const given = { expiresAt: world().clock.at }
    expect(await refusal(addCredential(world().system, account, given))).toEqual([
      'request.invalid',
      { rule: 'end_lies_ahead' },
    ])
  })

  test('is a public key for an account that logs in by key, of a kid that is not taken', async () => {
    const account = await world().account({ authMethod: 'private_key_jwt' })
    const add = (kid: string) => addCredential(world().system, account, { publicKey: newJwk(kid) })
    const { secret, credential } = await add('one')
    expect([secret, credential.kind]).toEqual([undefined, 'key'])
    expect(await refusal(add('one'))).toEqual(['key.taken', { kid: 'one' }])
    expect(await refusal(add('two'))).toEqual([])
    expect(await credentialsOf(account)).toHaveLength(2)
  })

  test.each<[string, Partial<Account>, object, string]>([
    ['a key beside secrets', {}, { publicKey: newJwk('one') }, 'key_is_not_accepted'],
    ['a secret beside keys', { authMethod: 'private_key_jwt' }, {}, 'key_is_needed'],
    [
      'a key beside those that are published',
      { authMethod: 'private_key_jwt', jwksUri: 'https://keys.example' },
      { publicKey: newJwk('one') },
      'keys_are_published',
    ],
  ])('cannot be %s', async (_, given, input, rule) => {
    const account = await world().account(given)
    expect(await refusal(addCredential(world().system, account, input))).toEqual([
      'account.method_mismatch',
      { rule },
    ])
  })

  test('finds no room beside as many live ones as there may be', async () => {
    const account = await world().account()
    await fill(account)
    expect(await refusal(addCredential(world().system, account, {}))).toEqual([
      'credential.limit',
      { most },
    ])
    const [first] = await credentialsOf(account)
    await deleteCredential(world().system, account, first?.id)
    expect(await refusal(addCredential(world().system, account, {}))).toEqual([])
  })

  test('finds no room either when another one took the last place at the same moment', async () => {
    const account = await world().account()
    await fill(account)
    const [first, ...rest] = await credentialsOf(account)
    await deleteCredential(world().system, account, first?.id)
    const ctx = racing(world().system, () => addCredential(world().system, account, {}))
    expect(await refusal(addCredential(ctx, account, {}))).toEqual(['credential.limit', { most }])
    expect(await credentialsOf(account)).toHaveLength(rest.length + 1)
  })

  test('takes the place of one that is over, of which no more stay than may be live', async () => {
    const account = await world().account()
    for (let round = 0; round < 3; round += 1) {
      const expiresAt = world().clock.at + 1000
      for (let n = 0; n < most; n += 1) await addCredential(world().system, account, { expiresAt })
      world().clock.at = expiresAt
    }
    await addCredential(world().system, account, { name: 'latest' })
    const left = await credentialsOf(account)
    const usable = left.filter((credential) => isUsable(credential, world().clock.at))
    expect([left.length, usable.map(({ name }) => name)]).toEqual([most + 1, ['latest']])
  })
})

describe('a credential that is deleted', () => {
  test('is gone, and no other one', async () => {
    const account = await world().account()
    await fill(account)
    const [first, ...rest] = await credentialsOf(account)
    await deleteCredential(world().system, account, first?.id)
    expect(await credentialsOf(account)).toEqual(rest)
  })

  test('must be one of the account', async () => {
    const [account, other] = [await world().account(), await world().account()]
    const { credential } = await addCredential(world().system, other, {})
    for (const id of [credential.id, undefined, trustedId('credential', 'cred_none')]) {
      const found = await refusal(deleteCredential(world().system, account, id))
      expect(found).toEqual(['credential.not_found', {}])
    }
    expect(await credentialsOf(other)).toHaveLength(1)
  })
})

describe('the list of credentials', () => {
  test('says which are still in use, and when each was last used', async () => {
    const account = await world().account()
    const expiresAt = world().clock.at + 1000
    const { credential: used } = await addCredential(world().system, account, { expiresAt })
    const { credential: unused } = await addCredential(world().system, account, {})
    const lastUse = { at: expiresAt - 1, from: '192.0.2.1' }
    await world().store.noteUses(new Map([[used.id, lastUse]]))
    world().clock.at = expiresAt
    const pepperId = world().system.peppers[0].id
    expect(await listCredentials(world().system, account)).toEqual([
      { credential: used, lastUse, pepperId, isUsable: false },
      { credential: unused, pepperId, isUsable: true },
    ])
  })

  test('is that of a live account', async () => {
    const account = await world().account()
    await change(world().store, account, { live: false, purgeAfter: 0 })
    for (const clientId of [account.clientId, 'ost_ci_nobody']) {
      const found = await refusal(listCredentials(world().system, { clientId }))
      expect(found).toEqual(['account.not_found', {}])
    }
  })
})
