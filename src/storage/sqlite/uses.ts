import type { Store } from '../../domain/store.ts'
import { wholeMilliseconds } from '../stored-record.ts'
import type { Connection } from './connection.ts'

export function useStore(db: Connection): Pick<Store, 'noteUses' | 'uses'> {
  return {
    async noteUses(uses) {
      if (uses.size === 0) return
      db.write(() => {
        for (const [id, at] of uses) note(db, id, wholeMilliseconds(at))
      })
    },
    async uses(credentialIds) {
      const rows = db.all(
        `SELECT credential_id AS id, at FROM last_use
         WHERE credential_id IN (SELECT value FROM json_each(?))`,
        JSON.stringify(credentialIds),
      )
      return new Map(rows.map(({ id, at }) => [String(id), Number(at)]))
    },
  }
}

function note(db: Connection, id: string, at: number): void {
  const sql = `INSERT INTO last_use (credential_id, at) VALUES (?, ?)
    ON CONFLICT (credential_id) DO UPDATE SET at = max(at, excluded.at)`
  db.run(sql, id, at)
}
