import { type Refolded, refolded } from '../folded-names.ts'
import type { Connection } from './connection.ts'

/** A file of another program. */
export class Foreign extends Error {}

type Step = string | ((db: Connection) => void)

const page = 1000

/** Accounts in the order of their ids, which is that of their creation. */
function foldNames(db: Connection): void {
  for (let after = ''; ; ) {
    const rows = db.all(
      "SELECT id, body FROM record WHERE kind = 'account' AND live = 1 AND id > ? ORDER BY id LIMIT ?",
      ...[after, page],
    )
    for (const { id, body } of rows) foldName(db, String(id), refolded(body))
    const last = rows.at(-1)
    if (!last) return
    after = String(last['id'])
  }
}

function foldName(db: Connection, id: string, now: Refolded | undefined): void {
  if (!now) return
  const name = ['account', 'name']
  const taken = 'SELECT 1 FROM record_key WHERE kind = ? AND name = ? AND value = ? AND id <> ?'
  if (db.get(taken, ...name, now.key, id)) {
    db.run("UPDATE record SET body = ? WHERE kind = 'account' AND id = ?", now.former, id)
  } else {
    const change = 'UPDATE record_key SET value = ? WHERE kind = ? AND name = ? AND id = ?'
    db.run(change, now.key, ...name, id)
  }
}

/** An entry that somebody spoiled stops nothing: whoever reads it is told. */
const readable = "CASE WHEN json_valid(e.body) THEN e.body ELSE '{}' END"
/** Migration n brings the schema from version n to n + 1, in one transaction. Append only. */
const migrations: readonly (readonly Step[])[] = [
  [
    'CREATE TABLE meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT',
    `CREATE TABLE record (
      kind TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL, live INTEGER NOT NULL,
      within TEXT NOT NULL, purge_after INTEGER, body TEXT NOT NULL,
      PRIMARY KEY (kind, id)
    ) STRICT`,
    'CREATE INDEX record_live ON record (kind, id) WHERE live = 1',
    'CREATE INDEX record_scope ON record (kind, within, id) WHERE live = 1',
    'CREATE INDEX record_purge ON record (purge_after) WHERE purge_after IS NOT NULL',
    `CREATE TABLE record_key (
      kind TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, id TEXT NOT NULL,
      PRIMARY KEY (kind, name, value)
    ) STRICT, WITHOUT ROWID`,
    'CREATE INDEX record_key_owner ON record_key (kind, id)',
    `CREATE TABLE event (
      seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, at INTEGER NOT NULL,
      actor_id TEXT NOT NULL, target_id TEXT NOT NULL, body TEXT NOT NULL
    ) STRICT`,
    'CREATE INDEX event_at ON event (at)',
    'CREATE INDEX event_actor ON event (actor_id, seq)',
    'CREATE INDEX event_target ON event (target_id, seq)',
    `CREATE TABLE claim (
      id TEXT PRIMARY KEY, expires_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID`,
    'CREATE INDEX claim_expiry ON claim (expires_at)',
    `CREATE TABLE last_use (
      credential_id TEXT PRIMARY KEY, at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID`,
    "INSERT INTO meta VALUES ('schema', 0), ('claim_horizon', 0)",
  ],
  [foldNames],
  [
    `CREATE TABLE event_mark (
      mark TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (mark, seq)
    ) STRICT, WITHOUT ROWID`,
    `INSERT OR IGNORE INTO event_mark
      SELECT 'of:' || s.value, e.seq FROM event e, json_each(${readable}, '$.scope') s
      WHERE s.value <> 'root'`,
    "INSERT OR IGNORE INTO event_mark SELECT 'by:' || actor_id, seq FROM event WHERE actor_id <> ''",
    `INSERT OR IGNORE INTO event_mark
      SELECT 'by:' || json_extract(${readable}, '$.actor.impersonatedBy.id'), e.seq FROM event e
      WHERE json_extract(${readable}, '$.actor.impersonatedBy.id') IS NOT NULL`,
    'DROP INDEX event_actor',
  ],
  ['ALTER TABLE last_use ADD COLUMN address TEXT'],
]

/** Brings a new or older file to the schema of this release. */
export function migrate(db: Connection, path: string): void {
  for (let version = schemaOf(db, path); version < migrations.length; version += 1) {
    db.write(() => {
      for (const step of migrations[version] ?? []) {
        if (typeof step === 'string') db.run(step)
        else step(db)
      }
      db.run("UPDATE meta SET value = ? WHERE name = 'schema'", version + 1)
    })
  }
}

/** Refuses a file whose schema this release cannot read as it is. */
export function assertMigrated(db: Connection, path: string): void {
  const version = schemaOf(db, path)
  if (version === migrations.length) return
  throw new Error(
    `The database ${path} has schema ${version}, this release reads ${migrations.length}. Start the server once to bring it up to date`,
  )
}

/** Refuses a file in which another program keeps its tables; false for one without any. */
export function assertOwn(db: Connection, path: string): boolean {
  const tables = db.all("SELECT name FROM sqlite_schema WHERE type = 'table'")
  if (tables.length === 0 || tables.some(({ name }) => name === 'meta')) return tables.length > 0
  throw new Foreign(`The database ${path} was not made by Ostiary; name another file`)
}

function schemaOf(db: Connection, path: string): number {
  if (!assertOwn(db, path)) return 0
  const version = db.get("SELECT value FROM meta WHERE name = 'schema'")?.['value']
  if (typeof version === 'number' && version > 0 && version <= migrations.length) return version
  throw new Error(
    `The database ${path} has schema ${version}, this release knows up to ${migrations.length}. Use the release that wrote it, or a newer one`,
  )
}
