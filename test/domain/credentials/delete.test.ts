import { describe, expect, test } from '@jest/globals'
import type { Account } from '../../../src/domain/accounts/account.ts'
import { revokeTokens, updateAccount } from '../../../src/domain/accounts/update.ts'
import { deleteCredential } from '../../../src/domain/credentials/delete.ts'
import { newSecretCredential } from '../../../src/domain/credentials/make.ts'
import { rotateSecret } from '../../../src/domain/credentials/rotate.ts'
import { refusal, worldOfFile } from '../world.ts'

const world = worldOfFile()

/** An account with that many credentials, and the ids of these. */
async function accountWith(count: number) {
  const make = () => newSecretCredential(world().system, { name: '' }).credential
  const account = await world().account({ credentials: Array.from({ length: count }, make) })
  return { account, ids: account.credentials.map(({ id }) => id) }
}

const stored = ({ id }: Account) => world().store.get('account', id)
const remove = (account: Account, id: Account['credentials'][number]['id'] | undefined) =>
  deleteCredential(world().system, account, id)

describe('the access tokens of a credential', () => {
  test('end when it is deleted, by its id, which the account keeps, the newest last', async () => {
    const { account, ids } = await accountWith(3)
    expect(await stored(account)).not.toHaveProperty('endedCredentials')
    for (const id of ids.slice(1)) await remove(account, id)
    expect(await stored(account)).toMatchObject({
      generation: 0,
      endedCredentials: ids.slice(1),
      credentials: [{ id: ids[0] }],
    })
  })

  test('end with all others of the account at the 21st deletion, and the ids are kept anew', async () => {
    const { account, ids } = await accountWith(22)
    for (const id of ids.slice(0, 20)) await remove(account, id)
    expect(await stored(account)).toMatchObject({ generation: 0, endedCredentials: { length: 20 } })
    await remove(account, ids[20])
    expect(await stored(account)).toMatchObject({ generation: 1 })
    expect(await stored(account)).not.toHaveProperty('endedCredentials')
    await remove(account, ids[21])
    expect(await stored(account)).toMatchObject({ generation: 1, endedCredentials: [ids[21]] })
  })

  test.each<[string, (account: Account) => Promise<unknown>]>([
    ['revoked', (account) => revokeTokens(world().system, account)],
    ['disabled', (account) => updateAccount(world().system, account, { state: 'disabled' })],
  ])('need no id once all tokens of the account are %s', async (_, end) => {
    const { account, ids } = await accountWith(2)
    await remove(account, ids[0])
    await end(account)
    expect(await stored(account)).toMatchObject({ generation: 1 })
    expect(await stored(account)).not.toHaveProperty('endedCredentials')
  })

  test('are ended by no deletion that is refused', async () => {
    const { account, ids } = await accountWith(1)
    const strange = (await accountWith(1)).ids[0]
    for (const id of [strange, undefined]) {
      expect((await refusal(remove(account, id)))[0]).toBe('credential.not_found')
    }
    expect(await stored(account)).toMatchObject({ version: 1, credentials: [{ id: ids[0] }] })
  })

  test.each([0, 60])('outlive its rotation (overlap: %s s)', async (overlapSeconds) => {
    const { account } = await accountWith(1)
    await rotateSecret(world().system, account, { overlapSeconds })
    expect(await stored(account)).toMatchObject({ version: 2, generation: 0 })
    expect(await stored(account)).not.toHaveProperty('endedCredentials')
  })

  test('end without a member of their own in the log', async () => {
    const { account, ids } = await accountWith(2)
    await remove(account, ids[0])
    const [event] = await world().log(account)
    expect(Object.keys(event?.after ?? {})).toEqual(['credentials'])
  })
})
