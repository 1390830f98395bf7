import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { createAccount, type NewAccount } from '../../../src/domain/accounts/create.ts'
import { checkSecret } from '../../../src/domain/credentials/check-secret.ts'
import { change } from '../../contract/samples.ts'
import { unique } from '../samples.ts'
import { companies, manage, refusal, view, worldOfFile } from '../world.ts'

const world = worldOfFile()
const publicKey = { ...generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' }) }

const wanted = (given: Partial<NewAccount> = {}): NewAccount => ({
  name: unique('wanted'),
  permissions: [],
  authMethod: 'client_secret_basic',
  ...given,
})

describe('a new account', () => {
  test('is in the store with its event, and its secret logs in', async () => {
    const ctx = await world().holding(manage, view)
    const input = wanted({ permissions: [view, view], description: 'for tests' })
    const { account, secret } = await createAccount(ctx, input)
    expect(await world().store.get('account', account.id)).toEqual(account)
    const { at } = world().clock
    const { actor } = ctx
    expect(account).toMatchObject({
      version: 1,
      live: true,
      owner: 'root',
      state: 'enabled',
      permissions: [view],
      createdAt: at,
      createdBy: actor.kind === 'account' ? actor.clientId : '',
    })
    const { peppers } = ctx
    expect(checkSecret(account, secret?.reveal() ?? '', { peppers, now: at }).ok).toBe(true)
    expect(await world().log(account)).toMatchObject([{ action: 'account.create', at }])
  })

  test('leaves neither its secret nor the digest of it in the log', async () => {
    const { account, secret } = await createAccount(world().system, wanted())
    const [credential] = account.credentials
    const written = JSON.stringify([await world().log(account), account])
    expect(written).not.toContain(secret?.reveal())
    if (credential?.kind !== 'secret') throw new Error('no secret was made')
    expect(JSON.stringify(await world().log(account))).not.toContain(credential.digest.value)
  })

  test('has a key and no secret when it logs in by key, and neither when it publishes its keys', async () => {
    const method = { authMethod: 'private_key_jwt' } as const
    const byKey = await createAccount(world().system, wanted({ ...method, publicKey }))
    expect(byKey.secret).toBeUndefined()
    expect(byKey.account.credentials).toMatchObject([{ kind: 'key', name: 'initial' }])
    const jwksUri = 'https://keys.example/jwks.json'
    const { account } = await createAccount(world().system, wanted({ ...method, jwksUri }))
    expect([account.credentials, account.jwksUri]).toEqual([[], jwksUri])
  })

  test.each<[string, Partial<NewAccount>, string, object]>([
    [
      'without a key',
      { authMethod: 'private_key_jwt' },
      'request.invalid',
      { rule: 'key_is_needed' },
    ],
    [
      'by two sources of keys',
      { authMethod: 'private_key_jwt', publicKey, jwksUri: 'https://keys.example' },
      'request.invalid',
      { rule: 'one_source_of_keys' },
    ],
    [
      'by published keys that end',
      { authMethod: 'private_key_jwt', jwksUri: 'https://keys.example', expiresAt: 1 },
      'request.invalid',
      { rule: 'key_set_has_no_end' },
    ],
    [
      'by secret with a key',
      { publicKey },
      'account.method_mismatch',
      { rule: 'no_keys_beside_secrets' },
    ],
    ['whose secret is over', { expiresAt: 1 }, 'request.invalid', { rule: 'end_lies_ahead' }],
    [
      'with permissions that do not exist',
      { permissions: ['one', view, 'two'] },
      'permission.unknown',
      { unknown: ['one', 'two'] },
    ],
  ])('is refused %s', async (_, given, code, details) => {
    const input = wanted(given)
    expect(await refusal(createAccount(world().system, input))).toEqual([code, details])
    expect(await world().store.find('account', 'name', `root\u0000${input.name}`)).toBeUndefined()
  })

  test('is refused without the permission, and beyond the ceiling of the token', async () => {
    const holder = await world().account({ permissions: [manage, view] })
    for (const ctx of [await world().holding(view), world().as(holder, [view])]) {
      expect(await refusal(createAccount(ctx, wanted()))).toEqual([
        'actor.forbidden',
        { action: 'account.create', needed: [manage] },
      ])
    }
  })

  test('is refused for an actor that was disabled after its token was made', async () => {
    const actor = await world().account({ permissions: [manage] })
    await change(world().store, actor, { state: 'disabled' })
    const [code] = await refusal(createAccount(world().as(actor), wanted()))
    expect(code).toBe('actor.unauthenticated')
  })

  test('gets no permission that its maker, or the token of its maker, has not', async () => {
    const holder = await world().account({ permissions: [manage, companies] })
    for (const ctx of [await world().holding(manage), world().as(holder, [manage])]) {
      expect(await refusal(createAccount(ctx, wanted({ permissions: [companies] })))).toEqual([
        'grant.exceeds_own',
        { where: 'given', permission: companies },
      ])
    }
  })

  test('gets only audiences that its maker may ask for; the system gives any', async () => {
    const maker = await world().account({ permissions: [manage], audiences: ['own'] })
    const give = (...audiences: string[]) =>
      refusal(createAccount(world().as(maker), wanted({ audiences })))
    expect(await give('own')).toEqual([])
    expect(await give('own', 'other')).toEqual([
      'grant.exceeds_own',
      { where: 'given', audience: 'other' },
    ])
    expect(await refusal(createAccount(world().system, wanted({ audiences: ['any'] })))).toEqual([])
  })

  test('cannot take the name of a live account, but that of a deleted one', async () => {
    const taken = await world().account({ name: unique('Taken') })
    const again = () => createAccount(world().system, wanted({ name: taken.name.toUpperCase() }))
    expect(await refusal(again())).toMatchObject(['name.taken', {}])
    await change(world().store, taken, { live: false, purgeAfter: 0 })
    expect(await refusal(again())).toEqual([])
  })
})
