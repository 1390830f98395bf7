import { statSync } from 'node:fs'
import type { Store } from '../../domain/store.ts'
import { assertFile } from '../../files/open-file.ts'
import { type Connection, connect } from './connection.ts'
import { refusingDamage } from './damage.ts'
import { eventReader } from './events.ts'
import { assertMigrated } from './migrations.ts'

/** A second connection to a file, beside a running server too: no lock, no migration, no write. */
export function connectReadOnly(path: string): Connection {
  const facts = statSync(path, { throwIfNoEntry: false })
  if (!facts) throw new Error(`There is no database ${path}`)
  assertFile(`The database ${path}`, facts)
  return refusingDamage(path, () => checked(path))
}

/** Opens the audit log alone, to read it beside a running server. */
export async function openSqliteReadOnly(
  path: string,
): Promise<Pick<Store, 'events' | 'head' | 'close'>> {
  const db = connectReadOnly(path)
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
