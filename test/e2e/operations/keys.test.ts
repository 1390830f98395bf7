import { generateKeyPairSync } from 'node:crypto'
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { decodeProtectedHeader } from 'jose'
import { eventually } from '../../support/eventually.ts'
import type { TestServer } from '../../support/server.ts'
import { onEachStore, sqlite } from '../../support/stores.ts'
import { commands, newPlace, withOwn } from './place.ts'

const [rotate = ''] = commands('### Rotate the signing key')
const [replace = '', remove = ''] = commands('### A stolen key')
const [bringOwn = ''] = commands('### A key of your own')

const kidOf = (token: string) => decodeProtectedHeader(token).kid ?? ''
const kidInUse = async (server: TestServer) => kidOf(await server.adminToken())
const standing = async (server: TestServer, token: string) =>
  (await server.call('/tokeninfo', { headers: { authorization: `Bearer ${token}` } })).status

/** What a resource server would know that reads the keys now. */
async function published(server: TestServer): Promise<string[]> {
  const { body } = await server.call('/.well-known/jwks.json')
  return body.keys.map(({ kid }: { kid: string }) => kid)
}

const publishes = async (server: TestServer, count: number) =>
  await eventually(
    () => published(server),
    ({ length }) => length === count,
  )

describe('the rotation of a signing key, as the page prints it,', () => {
  test('lets no verifier meet a kid that it does not know, and ends no token', async () => {
    const place = await newPlace(sqlite)
    const server = await place.start()
    const token = await server.adminToken()
    const first = kidOf(token)
    const told = await place.type(rotate)
    const [, second = ''] = /made the key (\S+)/.exec(told) ?? []
    expect(told).toMatch(new RegExp(`${first}.* current `))
    expect(told).toMatch(new RegExp(`${second}.* next `))

    expect(await publishes(server, 2)).toEqual(expect.arrayContaining([first, second]))
    expect(await kidInUse(server)).toBe(first)
    server.clock.offset = 3601 * 1000
    expect(
      await eventually(
        () => kidInUse(server),
        (kid) => kid !== first,
      ),
    ).toBe(second)
    expect(await published(server)).toContain(first)
    server.clock.offset = 3000 * 1000
    expect(await standing(server, token)).toBe(200)
  })
})

describe('a key of the operator, imported as the page prints it,', () => {
  test('is published first, and signs when others have had the time to read it', async () => {
    const place = await newPlace(sqlite)
    const server = await place.start()
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    await writeFile(join(place.dir, 'key.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }))
    const [, kid = ''] = /imported the key (\S+)/.exec(await place.type(bringOwn)) ?? []
    expect(await publishes(server, 2)).toContain(kid)
    expect(await kidInUse(server)).not.toBe(kid)
    server.clock.offset = 3601 * 1000
    expect(
      await eventually(
        () => kidInUse(server),
        (found) => found === kid,
      ),
    ).toBe(kid)
  })
})

onEachStore('a stolen key, replaced as the page prints it,', (store) => {
  test('signs and proves nothing more, and no start misses it once it was removed', async () => {
    const place = await newPlace(store)
    const server = await place.start()
    const token = await server.adminToken()
    const stolen = kidOf(token)
    await place.type(withOwn(replace, { '<kid>': stolen }))
    expect(
      await eventually(
        () => standing(server, token),
        (status) => status === 401,
      ),
    ).toBe(401)
    const inUse = await kidInUse(server)
    expect([await published(server), inUse]).toEqual([[inUse], expect.not.stringMatching(stolen)])

    if (store.name === 'SQLite') await place.stop()
    const told = await place.type(withOwn(remove, { '<kid>': stolen }))
    expect(told).toContain(`the key ${stolen} is out`)
    const again = await place.start()
    expect(await kidInUse(again)).toBe(inUse)
    const { body } = await again.manage('GET', '/api/audit')
    expect(body.map(({ action }: { action: string }) => action)).toContain('signing_key.delete')
  })

  test('is missed by the next start, which names the command, when it was only deleted', async () => {
    const place = await newPlace(store)
    const stolen = await kidInUse(await place.start())
    await place.type(withOwn(replace, { '<kid>': stolen }))
    await place.stop()
    const refused = new RegExp(`lacks ${stolen}.*ostiary keys remove <kid>`)
    await expect(place.start()).rejects.toThrow(refused)
  })
})

onEachStore('a stolen key in the database, replaced as the page prints it,', (store) => {
  test('needs no folder: it is taken out, and signs and proves nothing more', async () => {
    const env = { OSTIARY_KEYS_STORE: 'database', OSTIARY_KEYS_PASSPHRASE: 'of no use to thieves' }
    const place = await newPlace(store, { env })
    const server = await place.start()
    const token = await server.adminToken()
    const [now = ''] = replace.split('\n')
    if (store.name === 'SQLite') await place.stop()
    await place.type(`${now}\n${withOwn(remove, { '<kid>': kidOf(token) })}`)
    const again = store.name === 'SQLite' ? await place.start() : server
    expect(
      await eventually(
        () => standing(again, token),
        (status) => status === 401,
      ),
    ).toBe(401)
    expect(await published(again)).toEqual([await kidInUse(again)])
    expect(await kidInUse(again)).not.toBe(kidOf(token))
    expect(existsSync(join(place.dir, 'keys'))).toBe(false)
  })
})
