import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSqlite } from '../../src/storage/sqlite/open.ts'
import { storeContract } from '../contract/store.ts'

storeContract('SQLite', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ostiary-store-'))
  const path = join(folder, 'ostiary.db')
  const store = await openSqlite(path)
  const handles = [store]
  const closeAll = async () => {
    for (const handle of handles.splice(0)) await handle.close()
  }
  return {
    store,
    async reopen() {
      await closeAll()
      const again = await openSqlite(path)
      handles.push(again)
      return again
    },
    another: () => undefined,
    async dispose() {
      await closeAll()
      await rm(folder, { recursive: true })
    },
  }
})
