import { expect, test } from '@jest/globals'
import { accountsPath } from '../../support/accounts.ts'
import type { TestServer } from '../../support/server.ts'
import { onEachStore } from '../../support/stores.ts'
import { commands, newPlace, withOwn } from './place.ts'

const [give = ''] = commands('### Give an application a client key')
const [takeAway = ''] = commands('### Take a client key away')
const [create = ''] = give.split('\n')
const [disable = '', remove = ''] = takeAway.split('\n')

const made = (told: string) => ({
  id: /id +(\S+)/.exec(told)?.[1] ?? '',
  key: /client key +(\S+)/.exec(told)?.[1] ?? '',
})

/** Whether an application with this key may call: its answer's status. */
async function calls(server: TestServer, key: string): Promise<number> {
  const headers = { authorization: `Bearer ${await server.adminToken()}`, 'client-key': key }
  return (await server.call(accountsPath, { headers })).status
}

onEachStore('client keys, as the page prints it,', (store) => {
  test('are given, disabled and deleted, the last one too, and made anew without any', async () => {
    const place = await newPlace(store)
    const server = await place.start()
    const { clientKey: first } = server.admin
    const told = await place.type(give)
    const { id, key } = made(told)
    expect(told).toMatch(new RegExp(`${id} +console +enabled`))
    expect(await calls(server, key)).toBe(200)

    await place.type(withOwn(disable, { '<id>': id }))
    expect([await calls(server, key), await calls(server, first)]).toEqual([401, 200])
    await place.type(withOwn(remove, { '<id>': id }))
    const { body } = await server.manage('GET', '/api/client-keys')
    expect(body).toHaveLength(1)
    // The operator's own shell still has the key that ends here.
    await place.type(withOwn(remove, { '<id>': body[0].id }))
    expect(await calls(server, first)).toBe(401)
    const { key: next } = made(await place.type(create))
    expect(await calls(server, next)).toBe(200)
  })
})
