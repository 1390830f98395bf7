import type { Store } from '../../domain/store.ts'
import { inBatches } from '../batches.ts'
import { wholeMilliseconds } from '../stored-json.ts'
import type { Connection, Row } from './connection.ts'
import type { Write, Writer } from './writes.ts'

/** For so few ids a look for each takes less than one with a list. */
const few = 4

const useOf = 'SELECT credential_id AS id, at, address FROM last_use WHERE credential_id'

function usesOfFew(db: Connection, ids: readonly string[]): readonly Row[] {
  return ids.flatMap((id) => db.all(`${useOf} = ?`, id))
}

function usesOfMany(db: Connection, ids: readonly string[]): readonly Row[] {
  const among = `${useOf} IN (SELECT value FROM json_each(?))`
  return inBatches(ids).flatMap((batch) => db.all(among, JSON.stringify(batch)))
}

/** Last uses of credentials, in a table of their own. */
export function useStore(
  db: Connection,
  writer: Writer,
): Pick<Store, 'noteUses' | 'uses' | 'usedIds' | 'forgetUses'> {
  return {
    async noteUses(uses) {
      const notes = [...uses].map(
        ([id, { at, from }]) => [id, wholeMilliseconds(at), from ?? null] as const,
      )
      for (const batch of inBatches(notes)) await writer.write({ do: 'note', uses: batch })
    },
    async uses(credentialIds) {
      const rows =
        credentialIds.length > few ? usesOfMany(db, credentialIds) : usesOfFew(db, credentialIds)
      return new Map(
        rows.map(({ id, at, address }) => {
          const from = typeof address === 'string' ? { from: address } : {}
          return [String(id), { at: Number(at), ...from }]
        }),
      )
    },
    async usedIds(after, limit) {
      const rows = db.all(
        `SELECT credential_id AS id FROM last_use
         WHERE credential_id > ? ORDER BY credential_id LIMIT ?`,
        ...[after, limit],
      )
      return rows.map(({ id }) => String(id))
    },
    async forgetUses(ids) {
      for (const batch of inBatches(ids)) await writer.write({ do: 'unnote', ids: batch })
    },
  }
}

type Uses = Extract<Write, { readonly do: 'note' }>['uses']

/** Of two uses of one credential the later one stays. */
export function note(db: Connection, uses: Uses): number {
  const sql = `INSERT INTO last_use (credential_id, at, address) VALUES (?, ?, ?)
    ON CONFLICT (credential_id) DO UPDATE SET at = excluded.at, address = excluded.address
    WHERE excluded.at > last_use.at`
  for (const [id, at, from] of uses) db.run(sql, id, at, from)
  return uses.length
}

/** Removes the uses of these. */
export function unnote(db: Connection, ids: readonly string[]): number {
  const gone = 'DELETE FROM last_use WHERE credential_id IN (SELECT value FROM json_each(?))'
  return db.run(gone, JSON.stringify(ids))
}
