import { describe, expect, test } from '@jest/globals'
import type { Account } from '../../src/domain/accounts/account.ts'
import type { AccountTarget } from '../../src/domain/accounts/change.ts'
import { deleteAccount, revokeTokens, updateAccount } from '../../src/domain/accounts/update.ts'
import type { Context } from '../../src/domain/context.ts'
import { addCredential } from '../../src/domain/credentials/add.ts'
import { deleteCredential } from '../../src/domain/credentials/delete.ts'
import { newSecretCredential } from '../../src/domain/credentials/make.ts'
import { rotateSecret } from '../../src/domain/credentials/rotate.ts'
import { inLine } from '../../src/domain/line.ts'
import { change } from '../contract/samples.ts'
import { companies, manage, racing, refusal, view, worldOfFile } from './world.ts'

const world = worldOfFile()

type UseCase = (ctx: Context, target: AccountTarget, account: Account) => Promise<unknown>

const useCases: readonly (readonly [string, UseCase])[] = [
  ['account.update', (ctx, target) => updateAccount(ctx, target, { name: `${target.clientId} 2` })],
  ['account.revoke_tokens', revokeTokens],
  ['account.delete', deleteAccount],
  ['credential.add', (ctx, target) => addCredential(ctx, target, {})],
  ['credential.rotate', (ctx, target) => rotateSecret(ctx, target, { overlapSeconds: 0 })],
  [
    'credential.delete',
    (ctx, target, { credentials }) => deleteCredential(ctx, target, credentials[0]?.id),
  ],
]

/** An account with one secret. */
async function target(given: Partial<Account> = {}): Promise<Account> {
  const { system, account } = world()
  const { credential } = newSecretCredential(system, { name: 'initial' })
  return await account({ credentials: [credential], ...given })
}

const gone = { clientId: 'ost_ci_nobody' }

describe.each(useCases)('%s', (action, use) => {
  test('is one version and one event that names who did it', async () => {
    const { log, store } = world()
    const account = await target()
    const ctx = await world().holding(manage)
    await use(ctx, account, account)
    expect(await store.get('account', account.id)).toMatchObject({ version: 2 })
    const { actor } = ctx
    if (actor.kind !== 'account') throw new Error('no account asks')
    // `toMatchObject` tells of every entry: there is no other one.
    expect(await log(account)).toMatchObject([
      {
        action,
        actor: { kind: 'account', id: actor.clientId, name: actor.name },
        requestId: 'request',
        record: { kind: 'account', id: account.id, version: 2 },
      },
    ])
  })

  test('is forbidden without the permission, and the refusal names it', async () => {
    const account = await target()
    const found = await refusal(use(await world().holding(view), account, account))
    expect(found).toEqual(['actor.forbidden', { action, needed: [manage] }])
    expect(await world().store.get('account', account.id)).toEqual(account)
  })

  test('is as forbidden for an account that is absent, so that a stranger learns nothing', async () => {
    const account = await target()
    const found = await refusal(use(await world().holding(view), gone, account))
    expect(found).toEqual(['actor.forbidden', { action, needed: [manage] }])
  })

  test('is forbidden beyond the ceiling of the token, whatever its account holds', async () => {
    const account = await target()
    const holder = await world().account({ permissions: [manage, view] })
    const [code] = await refusal(use(world().as(holder, [view]), account, account))
    expect(code).toBe('actor.forbidden')
  })

  test('is refused for an actor that was disabled or deleted after its token was made', async () => {
    const account = await target()
    for (const end of [{ state: 'disabled' }, { live: false, purgeAfter: 0 }] as const) {
      const actor = await world().account({ permissions: [manage] })
      await change(world().store, actor, end)
      const found = await refusal(use(world().as(actor), account, account))
      expect(found).toEqual(['actor.unauthenticated', { why: 'inactive' }])
    }
    expect(await world().store.get('account', account.id)).toEqual(account)
  })

  test('finds neither an account that never was, nor one that is deleted', async () => {
    const account = await target()
    const ctx = await world().holding(manage)
    expect(await refusal(use(ctx, gone, account))).toEqual(['account.not_found', {}])
    await deleteAccount(world().system, account)
    expect(await refusal(use(ctx, account, account))).toEqual(['account.not_found', {}])
  })

  test('is refused for an account that holds more than the actor', async () => {
    const ctx = await world().holding(manage)
    const more = await target({ permissions: [companies] })
    expect(await refusal(use(ctx, more, more))).toEqual([
      'grant.exceeds_own',
      { where: 'account', permission: companies },
    ])
    const further = await target({ audiences: ['elsewhere'] })
    expect(await refusal(use(ctx, further, further))).toEqual([
      'grant.exceeds_own',
      { where: 'account', audience: 'elsewhere' },
    ])
  })

  test('is refused for a version that is not the one there, and done for the one that is', async () => {
    const account = await target()
    const { clientId } = account
    for (const ifVersion of [0, 2]) {
      const found = await refusal(use(world().system, { clientId, ifVersion }, account))
      expect(found).toEqual(['version.stale', {}])
    }
    expect(await refusal(use(world().system, { clientId, ifVersion: 1 }, account))).toEqual([])
  })

  test('is decided again when another write came first, and keeps what that one changed', async () => {
    const account = await target()
    const other = () => change(world().store, account, { description: 'of another' })
    await use(racing(world().system, other), account, account)
    const record = await world().store.get('account', account.id)
    expect(record).toMatchObject({ version: 3, description: 'of another' })
  })

  test('is refused when the version that the caller saw loses the race', async () => {
    const account = await target()
    const other = () => change(world().store, account, { description: 'of another' })
    const { clientId, version: ifVersion } = account
    const found = await refusal(
      use(racing(world().system, other), { clientId, ifVersion }, account),
    )
    expect(found).toEqual(['version.stale', {}])
  })

  test('asks for the rights anew when it is decided again', async () => {
    const account = await target()
    const actor = await world().account({ permissions: [manage] })
    const ctx = racing(world().as(actor), async () => {
      await change(world().store, account, {})
      await change(world().store, actor, { state: 'disabled' })
    })
    expect(await refusal(use(ctx, account, account))).toEqual([
      'actor.unauthenticated',
      { why: 'inactive' },
    ])
  })
})

test('a change that loses every race is given up as a conflict', async () => {
  let latest = await target()
  const ctx = racing(
    world().system,
    async () => {
      latest = await change(world().store, latest, {})
    },
    1000,
  )
  expect(await refusal(revokeTokens(ctx, latest))).toEqual(['record.conflict', {}])
  expect(latest.version).toBe(61)
})

test('changes of one record that come at the same moment are written twice each at most, and none is lost', async () => {
  const { store } = world()
  const account = await target()
  let tries = 0
  const commit: typeof store.commit = async (...given) => {
    tries += 1
    await store.commit(...given)
  }
  const ctx = { ...world().system, store: { ...store, commit } }
  const many = Array.from({ length: 40 }, (_, n) =>
    updateAccount(ctx, account, { description: `${n}` }),
  )
  await Promise.all(many)
  expect(await store.get('account', account.id)).toMatchObject({ version: 1 + many.length })
  expect(tries).toBeLessThan(2 * many.length)
})

test('a change that demands the state it saw is refused while others that lost a race wait', async () => {
  const account = await target()
  const stuck = Promise.withResolvers<void>()
  const holder = inLine(account.id, () => stuck.promise)
  const waiting = inLine(account.id, async () => 'the next in line')
  const ctx = racing(world().system, () => change(world().store, account, {}))
  const { clientId, version: ifVersion } = account
  const demanding = refusal(updateAccount(ctx, { clientId, ifVersion }, { description: 'late' }))
  expect(await Promise.race([waiting, demanding])).toEqual(['version.stale', {}])
  stuck.resolve()
  await Promise.all([holder, waiting])
})
