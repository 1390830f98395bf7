// A process of its own on one SQLite file: `node sqlite-process.ts hold|write <path>`.
import { openSqlite } from '../../src/storage/sqlite/open.ts'
import { eventFor, tombstone } from '../contract/samples.ts'
import { noon, sampleAccount } from '../domain/samples.ts'

const [task, path = ''] = process.argv.slice(2)

async function writeForever(): Promise<never> {
  const store = await openSqlite(path)
  for (;;) {
    const record = sampleAccount()
    await store.commit('account', record, eventFor(record))
    await store.reserve(record.id, noon)
    process.stdout.write(`${record.id}:1\n`)
    const dead = tombstone(record)
    await store.commit('account', dead, eventFor(dead))
    process.stdout.write(`${record.id}:2\n`)
  }
}

async function hold(): Promise<void> {
  const store = await openSqlite(path)
  process.stdout.write('open\n')
  process.stdin.on('data', () => store.close())
}

try {
  if (task === 'write') await writeForever()
  else await hold()
} catch (error) {
  process.stdout.write(`refused: ${error instanceof Error ? error.message : error}\n`)
}
