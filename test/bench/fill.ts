import { DatabaseSync } from 'node:sqlite'
import { MongoClient } from 'mongodb'
import type { Account } from '../../src/domain/accounts/account.ts'
import { newClientId, newId } from '../../src/domain/ids.ts'
import { newRecordId } from '../../src/domain/records.ts'
import { digestWith, newSecret, pepperOf, Secret } from '../../src/domain/secret.ts'
import { openStore } from '../../src/storage/open.ts'
import { encode } from '../../src/storage/stored-record.ts'
import type { Client } from './seed.ts'
import type { Place } from './servers.ts'

const batch = 1000

/** An account with one secret, made without a use case: a million take minutes, not hours. */
function made(place: number, pepper: string): { account: Account; client: Client } {
  const now = Date.now()
  const secret = newSecret('secret').reveal()
  const clientId = newClientId()
  const account: Account = {
    id: newRecordId('account', now),
    version: 1,
    live: true,
    clientId,
    owner: 'root',
    name: `bench ${place}`,
    description: '',
    authMethod: 'client_secret_basic',
    state: 'enabled',
    permissions: ['console.root.view'],
    bindings: [],
    audiences: [],
    credentials: [
      {
        id: newId('credential', now),
        name: 'initial',
        createdAt: now,
        createdBy: 'bench',
        kind: 'secret',
        digest: digestWith(pepperOf(new Secret(pepper)), secret),
      },
    ],
    generation: 0,
    createdAt: now,
    createdBy: 'bench',
    updatedAt: now,
  }
  return { account, client: { clientId, secret } }
}

type Stored = ReturnType<typeof encode<'account'>>

function sqliteFiller(path: string) {
  const db = new DatabaseSync(path)
  const insert = db.prepare('INSERT INTO record VALUES (?, ?, ?, ?, ?, ?, ?)')
  const insertKey = db.prepare('INSERT INTO record_key VALUES (?, ?, ?, ?)')
  return {
    put: async (records: readonly Stored[]) => {
      db.exec('BEGIN')
      for (const { id, version, live, scope, keys, body } of records) {
        insert.run('account', id, version, Number(live), scope, null, body)
        for (const [name, value] of Object.entries(keys)) insertKey.run('account', name, value, id)
      }
      db.exec('COMMIT')
    },
    close: async () => db.close(),
  }
}

async function mongoFiller(uri: string) {
  const client = await MongoClient.connect(uri)
  const accounts = client.db().collection<{ _id: string }>('account')
  return {
    put: async (records: readonly Stored[]) => {
      const documents = records.map(({ id, scope, purgeAfter: _, ...rest }) => ({
        _id: id,
        within: scope,
        ...rest,
      }))
      await accounts.insertMany(documents, { ordered: false })
    },
    close: () => client.close(),
  }
}

/** Fills a place with accounts that log in by secret; answers some of them, spread over all. */
export async function fill({ uri, pepper }: Place, count: number): Promise<readonly Client[]> {
  const settings = { uri, timeoutSeconds: 5, startTimeoutSeconds: 10 }
  await (await openStore(settings, () => undefined)).close()
  const isSqlite = uri.startsWith('sqlite:')
  const filler = isSqlite ? sqliteFiller(uri.slice('sqlite:'.length)) : await mongoFiller(uri)
  const kept: Client[] = []
  for (let done = 0; done < count; done += batch) {
    const size = Math.min(batch, count - done)
    const all = Array.from({ length: size }, (_, place) => made(done + place, pepper))
    await filler.put(all.map(({ account }) => encode('account', account)))
    kept.push(...all.slice(0, Math.ceil((1000 * size) / count)).map(({ client }) => client))
  }
  await filler.close()
  return kept
}
