import { type Document, MongoClient } from 'mongodb'
import { afterwards } from './place.ts'

/** What `mongodump` and `mongorestore --drop` do: all documents of a database, and back. */
export async function openDump(uri: string) {
  const client = await MongoClient.connect(uri)
  afterwards(() => client.close())
  const db = client.db()
  const kept = new Map<string, Document[]>()
  const names = async () => (await db.listCollections().toArray()).map(({ name }) => name)
  return {
    async take() {
      for (const name of await names()) kept.set(name, await db.collection(name).find().toArray())
    },
    async putBack() {
      for (const name of await names()) {
        await db.collection(name).deleteMany({})
        const documents = kept.get(name) ?? []
        if (documents.length > 0) await db.collection(name).insertMany(documents)
      }
    },
  }
}
