import { existsSync } from 'node:fs'
import type { Store } from '../../domain/store.ts'
import { type Connection, connect } from './connection.ts'
import { refusingDamage } from './damage.ts'
import { eventReader } from './events.ts'
import { assertMigrated } from './migrations.ts'

/** Opens the audit log alone, to read it beside a running server: no lock, no migration, no write. */
export async function openSqliteReadOnly(
  path: string,
): Promise<Pick<Store, 'events' | 'head' | 'close'>> {
  if (!existsSync(path)) throw new Error(`There is no database ${path}`)
  const db = refusingDamage(path, () => checked(path))
  const { events, head } = eventReader(db)
  return { events, head, close: async () => db.close() }
}

function checked(path: string): Connection {
  const db = connect(path, true)
  try {
    assertMigrated(db, path)
    return db
  } catch (error) {
    db.close()
    throw error
  }
}
