import { DatabaseSync } from 'node:sqlite'
import { MongoClient } from 'mongodb'
import type { Account } from '../../src/domain/accounts/account.ts'
import { newClientId, newId } from '../../src/domain/ids.ts'
import { type Kind, newRecordId, type Records } from '../../src/domain/records.ts'
import { digestWith, newSecret, pepperOf, Secret } from '../../src/domain/secret.ts'
import { openStore } from '../../src/storage/open.ts'
import { encode } from '../../src/storage/stored-record.ts'
import type { Client } from './seed.ts'
import type { Place } from './servers.ts'

const batch = 1000

/** Whom accounts belong to, and what they hold there. */
export type Standing = Pick<Account, 'owner' | 'permissions' | 'bindings'> &
  Partial<Pick<Account, 'state'>>

const atRoot: Standing = { owner: 'root', permissions: ['console.root.view'], bindings: [] }

/** An account with one secret, made without a use case: a million take minutes, not hours. */
function made(pepper: string, standing: Standing) {
  const now = Date.now()
  const secret = newSecret('secret').reveal()
  const clientId = newClientId()
  const account: Account = {
    id: newRecordId('account', now),
    version: 1,
    live: true,
    clientId,
    state: 'enabled',
    ...standing,
    name: `bench ${clientId}`,
    description: '',
    authMethod: 'client_secret_basic',
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
  const client: Client = { clientId, secret }
  return { account, client }
}

type Stored = ReturnType<typeof encode>

function sqliteFiller(path: string) {
  const db = new DatabaseSync(path)
  const insert = db.prepare('INSERT INTO record VALUES (?, ?, ?, ?, ?, ?, ?)')
  const insertKey = db.prepare('INSERT INTO record_key VALUES (?, ?, ?, ?)')
  return {
    put: async (kind: Kind, records: readonly Stored[]) => {
      db.exec('BEGIN')
      for (const { id, version, live, scope, keys, body } of records) {
        insert.run(kind, id, version, Number(live), scope, null, body)
        for (const [name, value] of Object.entries(keys)) insertKey.run(kind, name, value, id)
      }
      db.exec('COMMIT')
    },
    close: async () => db.close(),
  }
}

async function mongoFiller(uri: string) {
  const client = await MongoClient.connect(uri)
  return {
    put: async (kind: Kind, records: readonly Stored[]) => {
      const documents = records.map(({ id, scope, purgeAfter: _, ...rest }) => ({
        _id: id,
        within: scope,
        ...rest,
      }))
      await client.db().collection<{ _id: string }>(kind).insertMany(documents, { ordered: false })
    },
    close: () => client.close(),
  }
}

/** What writes records past all use cases. */
async function openFiller(uri: string) {
  const settings = { uri, timeoutSeconds: 5, startTimeoutSeconds: 10 }
  await (await openStore(settings, () => undefined)).close()
  const isSqlite = uri.startsWith('sqlite:')
  return isSqlite ? sqliteFiller(uri.slice('sqlite:'.length)) : await mongoFiller(uri)
}

/** Writes records of a kind into a place. */
export async function fillWith<K extends Kind>(
  { uri }: Place,
  kind: K,
  records: readonly Records[K][],
): Promise<void> {
  const filler = await openFiller(uri)
  for (let done = 0; done < records.length; done += batch) {
    const some = records.slice(done, done + batch)
    await filler.put(
      kind,
      some.map((record) => encode(kind, record)),
    )
  }
  await filler.close()
}

/** Fills a place with accounts that log in by secret; answers some of them, spread over all. */
export async function fill(
  { uri, pepper }: Place,
  count: number,
  standingOf: (place: number) => Standing = () => atRoot,
): Promise<readonly Client[]> {
  const filler = await openFiller(uri)
  const kept: Client[] = []
  for (let done = 0; done < count; done += batch) {
    const size = Math.min(batch, count - done)
    const all = Array.from({ length: size }, (_, place) => made(pepper, standingOf(done + place)))
    await filler.put(
      'account',
      all.map(({ account }) => encode('account', account)),
    )
    kept.push(...all.slice(0, Math.ceil((1000 * size) / count)).map(({ client }) => client))
  }
  await filler.close()
  return kept
}
