import { expect, test } from '@jest/globals'
import { onEachStore } from '../../support/stores.ts'
import { commands, newPlace, withOwn } from './place.ts'

const [recover = ''] = commands('## When nobody can log in')
const [goBack = ''] = commands('## When nobody can log in').slice(1)
const [rotate = '', remove = ''] = goBack.trim().split('\n')

onEachStore('the way back in, as the page prints it,', (store) => {
  test('leads from a lost secret to a new one of the same account, and leaves no other', async () => {
    const place = await newPlace(store)
    const server = await place.start()
    const { clientId: lost, clientKey } = server.admin
    if (store.name === 'SQLite') await place.stop()
    const told = await place.type(recover)
    const [, id = ''] = /client id +(\S+)/.exec(told) ?? []
    const [, secret = ''] = /client secret +(\S+)/.exec(told) ?? []
    expect(told).not.toContain('client key')

    const again = await place.start()
    const asRecovered = { OSTIARY_CLIENT_ID: id, OSTIARY_CLIENT_SECRET: secret }
    const given = await place.type(withOwn(rotate, { '<client-id>': lost }), asRecovered)
    const [, clientSecret = ''] = /secret +(ost\S+)/.exec(given) ?? []
    const asFirst = { OSTIARY_CLIENT_ID: lost, OSTIARY_CLIENT_SECRET: clientSecret }
    await place.type(withOwn(remove, { '<client-id>': id }), asFirst)

    expect((await again.token({ clientId: id, clientSecret: secret })).status).toBe(401)
    expect((await again.token(again.admin)).status).toBe(401)
    const { access_token: token } = (await again.token({ clientId: lost, clientSecret })).body
    const headers = { authorization: `Bearer ${token}`, 'client-key': clientKey }
    const { body } = await again.call('/api/audit', { headers })
    expect(body.map(({ action }: { action: string }) => action)).toEqual(
      expect.arrayContaining(['account.recover', 'credential.rotate', 'account.delete']),
    )
  })
})
