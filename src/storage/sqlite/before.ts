import { statSync } from 'node:fs'
import { dirname } from 'node:path'
import { pathToFileURL } from 'node:url'
import { assertTrusted, trustedIn } from '../../files/trust.ts'
import { type Connection, connect } from './connection.ts'
import { assertOwn, Foreign } from './migrations.ts'

function hasContent(path: string): boolean {
  const facts = statSync(path, { throwIfNoEntry: false })
  return facts?.isFile() === true && facts.size > 0
}

/** As it lies on the disk: nothing is locked, recovered or made beside it. */
function connectToDisk(path: string): Connection {
  const url = pathToFileURL(path)
  url.searchParams.set('immutable', '1')
  return connect(url, true)
}

/**
 * Refuses a file of another program before anything is done to it. What cannot be read like that is
 * left to the one who opens it: what a crash left may need its log to be whole.
 */
export function assertNotForeign(path: string): void {
  if (!hasContent(path)) return
  const db = connectToDisk(path)
  try {
    assertOwn(db, path)
  } catch (error) {
    if (error instanceof Foreign) throw error
  } finally {
    db.close()
  }
}

/** Whoever can write the database, or what SQLite keeps beside it, decides who is root. */
export function assertNobodyElseWrites(file: string): void {
  const dir = dirname(file)
  const folder = statSync(dir)
  const trusted = trustedIn(folder)
  assertTrusted(dir, folder, { trusted, use: 'folder' })
  for (const name of [file, `${file}-wal`, `${file}-shm`, `${file}-journal`, `${file}.lock`]) {
    const facts = statSync(name, { throwIfNoEntry: false })
    if (facts) assertTrusted(name, facts, { trusted, use: 'file' })
  }
}
