import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { describeMongo } from '../../storage/mongo-database.ts'
import { accountsPath } from '../../support/accounts.ts'
import type { Credentials, TestServer } from '../../support/server.ts'
import { mongo, sqlite } from '../../support/stores.ts'
import { secretClient } from '../support/accounts.ts'
import { openDump } from './dump.ts'
import { commands, newPlace, type Place, withOwn } from './place.ts'

const [withKeys = '', withoutKeys = ''] = commands('### Make a backup')
const [putBackWithKeys = '', putBack = '', accept = ''] = commands('### Restore')
const [verify = ''] = commands('## Audit').map((block) => block.split('\n')[0] ?? '')
const ownFolders = { '/backups/': 'backups/', '/run/secrets/backup': 'passphrase' }
const ownBackups = { '/backups/': 'backups/' }

async function newStart(): Promise<{ place: Place; server: TestServer }> {
  const place = await newPlace(sqlite)
  await mkdir(join(place.dir, 'backups'))
  await writeFile(join(place.dir, 'passphrase'), 'a horse, a battery and a staple\n')
  return { place, server: await place.start() }
}

const logins = async (server: TestServer, clients: readonly Credentials[]) => {
  const statuses: number[] = []
  for (const client of clients) statuses.push((await server.token(client)).status)
  return statuses
}

/** Machines that are made and log in, one after another in each of some lanes, until told to end. */
function underLoad(server: TestServer) {
  const made: Credentials[] = []
  let isOver = false
  const lane = async () => {
    while (!isOver) {
      const client = await secretClient(server)
      made.push(client)
      expect(await logins(server, Array(20).fill(client))).not.toContain(401)
    }
  }
  const lanes = Promise.all([lane(), lane()])
  const end = async () => {
    isOver = true
    await lanes
  }
  return { made, end }
}

/** How many accounts there are besides the first. */
async function countOthers(server: TestServer): Promise<number> {
  const { headers } = await server.manage('GET', accountsPath)
  return Number(headers.get('x-total-count')) - 1
}

const standing = async (server: TestServer, token: string) =>
  (await server.call('/tokeninfo', { headers: { authorization: `Bearer ${token}` } })).status

describe('a backup of the embedded store, as the page prints it,', () => {
  test('made under load is one moment, and puts a lost machine back: pepper and keys too', async () => {
    const { place, server } = await newStart()
    const before = [await secretClient(server), await secretClient(server)]
    const token = (await server.token(server.admin)).body.access_token
    const keySet = (await server.call('/.well-known/jwks.json')).body
    const load = underLoad(server)
    await place.type(withOwn(withKeys, ownFolders))
    await load.end()
    const late = await secretClient(server)
    await place.stop()
    for (const lost of ['data', 'keys']) await rm(join(place.dir, lost), { recursive: true })

    const told = await place.type(withOwn(putBackWithKeys, ownFolders))
    expect(told).toContain('data/pepper was missing, and is there again')
    expect(told).toMatch(/keys\/\S+\.json was missing, and is there again/)
    expect(await place.type(verify)).toContain('sound')
    const again = await place.start()
    expect((await again.call('/.well-known/jwks.json')).body).toEqual(keySet)
    expect(await logins(again, before)).toEqual([200, 200])
    // Whoever was made meanwhile is there whole or not at all.
    const there = (await logins(again, load.made)).filter((status) => status === 200)
    expect(await countOthers(again)).toBe(before.length + there.length)
    expect(load.made.length).toBeGreaterThan(0)
    expect(await logins(again, [late])).toEqual([401])
    expect(await standing(again, token)).toBe(401)
  })

  test('put back over a newer store says what lives again, and keeps the newer one', async () => {
    const { place, server } = await newStart()
    const deleted = await secretClient(server)
    await place.type(withOwn(withoutKeys, ownBackups))
    await server.manage('DELETE', `${accountsPath}/${deleted.clientId}`)
    const since = await secretClient(server)
    await place.stop()
    const told = await place.type(withOwn(putBack, ownBackups))
    expect(told).toMatch(new RegExp(`account ${deleted.clientId} .*: was deleted`))
    expect(told).toContain('gone, because made since: an account')
    const kept = (await readdir(join(place.dir, 'data'))).filter((name) =>
      name.includes('.before-'),
    )
    expect(kept.length).toBeGreaterThan(0)
    expect(await logins(await place.start(), [deleted, since])).toEqual([200, 401])
  })
})

describeMongo('a MongoDB that was put back by its own tools', () => {
  test('starts only when it was accepted as the page prints it, and ends all tokens', async () => {
    const place = await newPlace(mongo)
    const server = await place.start()
    const client = await secretClient(server)
    const token = (await server.token(client)).body.access_token
    const dump = await openDump(place.settings()['OSTIARY_STORAGE_URI'] ?? '')
    await dump.take()
    const since = await secretClient(server)
    await place.stop()
    await dump.putBack()

    await expect(place.start()).rejects.toThrow(/is older than .*ostiary restore/)
    expect(await place.type(accept)).toContain('the store is accepted as it is')
    expect(await place.type(verify)).toContain('sound')
    const again = await place.start()
    expect(await logins(again, [client, since])).toEqual([200, 401])
    expect(await standing(again, token)).toBe(401)
  })
})
