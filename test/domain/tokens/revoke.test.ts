import { describe, expect, test } from '@jest/globals'
import { newTokenId } from '../../../src/domain/ids.ts'
import { revocationId } from '../../../src/domain/tokens/revocation.ts'
import { revokeToken } from '../../../src/domain/tokens/revoke.ts'
import { worldOfFile } from '../world.ts'

const world = worldOfFile()
const dayMs = 24 * 3600_000

async function issued() {
  const holder = await world().account()
  const { clientId } = holder
  const { at } = world().clock
  const token = { jti: newTokenId(at), clientId, expiresAt: at + 60_000 }
  return { holder, token, revoke: () => revokeToken(world().as(holder), token, holder) }
}

describe('the revocation of a token', () => {
  test('is one record and one event, which names whose token it was', async () => {
    const { holder, token, revoke } = await issued()
    await revoke()
    const { clientId, owner, name } = holder
    expect(await world().store.get('revocation', revocationId(token.jti))).toMatchObject({
      ...{ version: 1, live: true, clientId, owner, name },
      jti: token.jti,
    })
    const actor = { kind: 'account', id: clientId, name }
    expect(await world().log(holder)).toMatchObject([{ action: 'token.revoke', actor }])
  })

  test('is the same when it is done twice, or many times at once', async () => {
    const { holder, revoke } = await issued()
    await Promise.all([revoke(), revoke(), revoke()])
    await revoke()
    expect(await world().log(holder)).toHaveLength(1)
  })

  test('outlives the token by a day, and then leaves the store', async () => {
    const { token, revoke } = await issued()
    await revoke()
    const id = revocationId(token.jti)
    const end = token.expiresAt + dayMs
    await world().store.sweep(end - 1)
    expect(await world().store.get('revocation', id)).toMatchObject({ purgeAfter: end })
    await world().store.sweep(end + 1)
    expect(await world().store.get('revocation', id)).toBeUndefined()
  })

  test('fails when the store does, instead of leaving the token alive in silence', async () => {
    const { holder, token } = await issued()
    const ctx = world().as(holder)
    const commit = async () => {
      throw new Error('no answer')
    }
    const away = { ...ctx, store: { ...ctx.store, commit } }
    await expect(revokeToken(away, token, holder)).rejects.toThrow('no answer')
  })
})
