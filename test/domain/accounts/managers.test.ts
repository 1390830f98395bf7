import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { deleteAccount, updateAccount } from '../../../src/domain/accounts/update.ts'
import { deleteCredential } from '../../../src/domain/credentials/delete.ts'
import { newSecretCredential } from '../../../src/domain/credentials/make.ts'
import { installationId } from '../../../src/domain/installation/installation.ts'
import { manage, racing, refusal, view, worldOfFile } from '../world.ts'

const world = worldOfFile()
const refused = ['account.last_manager', {}]

function secret(terms: { readonly expiresAt?: number } = {}) {
  return newSecretCredential(world().system, { name: 'one', ...terms }).credential
}

const manager = () => world().account({ permissions: [manage], credentials: [secret()] })

describe('the last account that can manage others', () => {
  let only: Awaited<ReturnType<typeof manager>>
  beforeEach(async () => {
    only = await manager()
  })
  afterEach(async () => {
    const successor = await manager()
    await deleteAccount(world().system, only)
    only = successor
    // The next test begins without any manager.
    await world().store.commit(
      'account',
      { ...successor, version: 2, permissions: [] },
      {
        id: `${successor.id}:2`,
        at: world().clock.at,
        action: 'account.update',
        actor: { kind: 'system', id: 'test', name: 'test' },
        target: { kind: 'service_account', id: successor.clientId, name: successor.name },
        requestId: 'test',
      },
    )
  })

  const endings = [
    ['deleted', () => deleteAccount(world().system, only)],
    ['disabled', () => updateAccount(world().system, only, { state: 'disabled' })],
    ['stripped', () => updateAccount(world().system, only, { permissions: [view] })],
    [
      'left without a way to log in',
      () => deleteCredential(world().system, only, only.credentials[0]?.id),
    ],
  ] as const

  test.each(endings)('is not %s', async (_how, end) => {
    expect(await refusal(end())).toEqual(refused)
    expect(await world().store.get('account', only.id)).toEqual(only)
  })

  test.each(endings)('is %s once another account can manage', async (_how, end) => {
    const other = await manager()
    expect(await refusal(end())).toEqual([])
    expect(await refusal(deleteAccount(world().system, other))).toEqual(refused)
    await world().store.get('account', other.id)
    only = other
  })

  test.each([
    ['is disabled', { state: 'disabled', permissions: [manage] }],
    ['lacks the permission', { permissions: [view] }],
    ['has no credential', { permissions: [manage], credentials: [] }],
    ['is deleted', { permissions: [manage], live: false }],
  ] as const)('is not saved by another that %s', async (_why, given) => {
    await world().account({ credentials: [secret()], ...given })
    expect(await refusal(deleteAccount(world().system, only))).toEqual(refused)
  })

  test('is not saved by another whose only secret has expired', async () => {
    const expiresAt = world().clock.at + 1000
    await world().account({ permissions: [manage], credentials: [secret({ expiresAt })] })
    world().clock.at = expiresAt
    expect(await refusal(deleteAccount(world().system, only))).toEqual(refused)
  })

  test('may change in all that leaves it its say', async () => {
    only = await updateAccount(world().system, only, { permissions: [manage, view] })
    expect(only.permissions).toEqual([manage, view])
  })

  test('is one of two that end each other in the same moment', async () => {
    const other = await manager()
    let second: readonly unknown[] = []
    const ctx = racing(world().system, async () => {
      second = await refusal(deleteAccount(world().system, only))
    })
    expect([await refusal(deleteAccount(ctx, other)), second]).toEqual([refused, []])
    only = other
  })

  test('is the one that is left when a crash came between announcing an end and making it', async () => {
    const other = await manager()
    const crash = new Error('killed')
    const { store } = world()
    const killed = {
      ...world().system,
      store: {
        ...store,
        commit: async (kind, record, event) => {
          if (kind === 'account') throw crash
          await store.commit(kind, record, event)
        },
      } satisfies typeof store,
    }
    await expect(deleteAccount(killed, other)).rejects.toBe(crash)
    expect(await store.get('installation', installationId)).toMatchObject({
      ending: [{ account: other.id, version: 1 }],
    })
    expect(await refusal(deleteAccount(world().system, only))).toEqual(refused)
    await updateAccount(world().system, other, { description: 'still there' })
    expect(await refusal(deleteAccount(world().system, only))).toEqual([])
    only = other
  })
})
