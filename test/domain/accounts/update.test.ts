import { describe, expect, test } from '@jest/globals'
import { deleteAccount, revokeTokens, updateAccount } from '../../../src/domain/accounts/update.ts'
import { newSecretCredential } from '../../../src/domain/credentials/make.ts'
import { noon, unique } from '../samples.ts'
import { companies, limits, manage, refusal, view, worldOfFile } from '../world.ts'

const world = worldOfFile()

describe('an update', () => {
  test('changes what is given, and leaves the rest', async () => {
    const before = await world().account({ description: 'stays', audiences: ['stays'] })
    world().clock.at += 1000
    const name = unique('renamed')
    const after = await updateAccount(world().system, before, { name })
    const { at } = world().clock
    expect(after).toEqual({ ...before, name, version: 2, updatedAt: at })
    expect(await world().store.get('account', before.id)).toEqual(after)
  })

  test('is logged with no more than what it changed', async () => {
    const before = await world().account({ description: 'old' })
    await updateAccount(world().system, before, { description: 'new', audiences: [] })
    const [event] = await world().log(before)
    expect([event?.before, event?.after]).toEqual([{ description: 'old' }, { description: 'new' }])
  })

  test('grants no permission and no audience that the actor has not', async () => {
    const actor = await world().account({ permissions: [manage, view], audiences: ['own'] })
    const target = await world().account()
    const give = (patch: Parameters<typeof updateAccount>[2], ctx = world().as(actor)) =>
      refusal(updateAccount(ctx, target, patch))
    expect(await give({ permissions: [view], audiences: ['own'] })).toEqual([])
    expect(await give({ permissions: [companies] })).toEqual([
      'grant.exceeds_own',
      { where: 'given', permission: companies },
    ])
    expect(await give({ audiences: ['other'] })).toEqual([
      'grant.exceeds_own',
      { where: 'given', audience: 'other' },
    ])
    const narrow = world().as(actor, [manage])
    expect((await give({ permissions: [] }, narrow))[0]).toBe('grant.exceeds_own')
    expect(await give({ permissions: ['none'] })).toEqual([
      'permission.unknown',
      { unknown: ['none'] },
    ])
    expect(await world().store.get('account', target.id)).toMatchObject({
      version: 2,
      permissions: [view],
      audiences: ['own'],
    })
  })
})

describe('the generation of an account, under which its access tokens stand', () => {
  const generationOf = async (id: string) => (await world().store.get('account', id))?.generation

  test('is raised when the account is disabled, and again when it is enabled', async () => {
    const account = await world().account()
    const generations: unknown[] = []
    for (const state of ['disabled', 'disabled', 'enabled', 'enabled'] as const) {
      await updateAccount(world().system, account, { state })
      generations.push(await generationOf(account.id))
    }
    await updateAccount(world().system, account, { description: 'another' })
    expect([...generations, await generationOf(account.id)]).toEqual([1, 2, 3, 3, 3])
  })

  test('is raised when the tokens are revoked, though the clock goes back', async () => {
    const account = await world().account()
    await revokeTokens(world().system, account)
    world().clock.at -= 3600_000
    await revokeTokens(world().system, account)
    world().clock.at += 3600_000
    expect(await generationOf(account.id)).toBe(2)
  })

  test('takes the place of the moment that the first release kept, once it is raised', async () => {
    const account = await world().account({ tokensNotBefore: noon })
    await revokeTokens(world().system, account)
    const kept = await world().store.get('account', account.id)
    expect(kept).toMatchObject({ generation: 1 })
    expect(kept).not.toHaveProperty('tokensNotBefore')
  })
})

describe('a deleted account', () => {
  test('leaves a tombstone without secrets, that is gone for good after its time', async () => {
    const { credential, secret } = newSecretCredential(world().system, { name: 'initial' })
    const account = await world().account({ credentials: [credential] })
    await deleteAccount(world().system, account)
    const purgeAfter = world().clock.at + limits.tombstoneSeconds * 1000
    const left = await world().store.get('account', account.id)
    expect(left).toMatchObject({ live: false, credentials: [], purgeAfter })
    for (const text of [secret.reveal(), credential.digest.value, credential.id]) {
      expect(JSON.stringify(left)).not.toContain(text)
    }
    await world().store.sweep(purgeAfter - 1)
    expect(await world().store.get('account', account.id)).toBeDefined()
    await world().store.sweep(purgeAfter + 1)
    expect(await world().store.get('account', account.id)).toBeUndefined()
  })

  test('is told of in the log by what it was, and by nothing that it is', async () => {
    const account = await world().account({ createdAt: noon })
    await deleteAccount(world().system, account)
    const [event] = await world().log(account)
    expect(event?.target).toMatchObject({ id: account.clientId, name: account.name })
    expect(event).not.toHaveProperty('after')
  })
})
