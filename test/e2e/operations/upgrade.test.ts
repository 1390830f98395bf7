import { cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { describeMongo } from '../../storage/mongo-database.ts'
import { known, releaseFile, restoredDatabase } from '../../storage/release-store.ts'
import { accountsPath } from '../../support/accounts.ts'
import type { Credentials, TestServer } from '../../support/server.ts'
import { sqlite, type TestStore } from '../../support/stores.ts'
import { secretClient } from '../support/accounts.ts'
import { openDump } from './dump.ts'
import { afterwards, commands, newPlace, type Place, withOwn } from './place.ts'

const [copy = ''] = commands('### Upgrade')
const [, backup = ''] = commands('### Make a backup')
const [, putBack = '', accept = ''] = commands('### Restore')
const [verify = ''] = commands('## Audit').map((block) => block.split('\n')[0] ?? '')
const ownFolder = { '/backups/': 'backups/' }

/** A place for the store of the release, with the root account of then. */
async function placeOfRelease(store: TestStore): Promise<Place> {
  const place = await newPlace(store, { admin: known.root })
  for (const name of ['data', 'keys', 'backups']) await mkdir(join(place.dir, name))
  return place
}

const statusOf = async (server: TestServer, who: Credentials) => (await server.token(who)).status

/** What was made by the release goes on, beside what is made now. */
async function expectWorking(place: Place, left: (typeof known)['sqlite']): Promise<void> {
  const server = place.server()
  const { clientId, clientSecret } = left.bySecret
  expect(await statusOf(server, { clientId, clientSecret })).toBe(200)
  expect(await statusOf(server, { clientId, clientSecret: left.second })).toBe(200)
  expect(await statusOf(server, left.disabled)).toBe(401)
  expect(await statusOf(server, await secretClient(server))).toBe(200)
  const path = `${accountsPath}/${left.byKey}`
  expect((await server.manage('PATCH', path, { description: 'of now' })).status).toBe(200)
  expect(await place.type('npx ostiary accounts list')).toContain(clientId)
  expect(await place.type(verify)).toContain('sound')
}

/** Ends an account of the release; it must live again, and its later end be told, after a restore. */
async function endOne(server: TestServer, { clientId }: Credentials): Promise<void> {
  expect((await server.manage('DELETE', `${accountsPath}/${clientId}`)).status).toBe(204)
}

describe('the upgrade of a SQLite store of the release 0.1.0, as the page prints it,', () => {
  test('keeps everything, leaves the copy alone, and can be backed up and put back', async () => {
    const place = await placeOfRelease(sqlite)
    const database = join(place.dir, 'data', 'ostiary.db')
    await cp(releaseFile('ostiary.db'), database)
    // What a first start of then left beside it.
    const beside = { pepper: `${known.pepper}\n`, 'bootstrap.json': JSON.stringify(known.root) }
    for (const [name, text] of Object.entries(beside)) {
      await writeFile(join(place.dir, 'data', name), text, { mode: 0o600 })
    }
    await place.type(withOwn(copy, ownFolder))
    const server = await place.start()
    await expectWorking(place, known.sqlite)
    const kept = join(place.dir, 'backups', 'release-0.1.0', 'data', 'ostiary.db')
    expect(await readFile(kept)).toEqual(await readFile(releaseFile('ostiary.db')))

    await place.type(withOwn(backup, ownFolder))
    await endOne(server, known.sqlite.bySecret)
    await place.stop()
    const told = await place.type(withOwn(putBack, ownFolder))
    expect(told).toMatch(new RegExp(`account ${known.sqlite.bySecret.clientId} .*: was deleted`))
    expect(await statusOf(await place.start(), known.sqlite.bySecret)).toBe(200)
  })
})

describeMongo('the upgrade of a MongoDB database of the release 0.1.0', () => {
  test('keeps everything, and can be dumped and put back', async () => {
    const database = await restoredDatabase()
    afterwards(() => database.drop())
    const env = { OSTIARY_STORAGE_URI: database.uri, OSTIARY_SECRET_PEPPER: known.pepper }
    const place = await placeOfRelease({
      name: 'MongoDB',
      fresh: () => ({ env, drop: () => database.closeAll(), leave: () => database.closeAll() }),
    })
    const server = await place.start()
    await expectWorking(place, known.mongo)
    const dump = await openDump(database.uri)
    await dump.take()
    await endOne(server, known.mongo.bySecret)
    await place.stop()
    await dump.putBack()
    await place.type(accept)
    expect(await statusOf(await place.start(), known.mongo.bySecret)).toBe(200)
  })
})
