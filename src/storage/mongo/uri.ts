/** What a fault of the driver says when no host belongs to the replica set that the URI names. */
export const otherReplicaSet = 'other_replica_set'

/** What the settings call it. */
export const setting = 'storage.uri (OSTIARY_STORAGE_URI)'
const defaultDatabase = 'ostiary'
/** https://www.mongodb.com/docs/manual/reference/limits/#naming-restrictions, and MongoDB's own ones. */
const forbidden = /[/\\. "$\0]/
const mostBytes = 63
const ownDatabases: readonly string[] = ['admin', 'config', 'local']

/** The parts of a URI. */
export interface Parts {
  readonly scheme: string
  readonly user: string
  readonly hosts: string
  readonly path: string
  readonly query: string
}

/** Takes a URI apart; hosts may be several, so that this is no URL to others. */
export function partsOf(uri: string): Parts {
  const found = /^([^:]+:\/\/)(?:(.*)@)?([^@/?]*)\/?([^?]*)\??(.*)$/s.exec(uri) ?? []
  const [, scheme = '', user = '', hosts = '', path = '', query = ''] = found
  return { scheme, user, hosts, path, query }
}

/**
 * The database that a URI names; the driver's own default, `test`, is nothing to run on. Fails when
 * no server would take the name: each would say so only when it is asked for something.
 */
export function databaseIn(uri: string): string {
  const { path } = partsOf(uri)
  if (path === '') return defaultDatabase
  // The driver has read the URI before, and refuses what cannot be decoded.
  const name = decodeURIComponent(path)
  const shown = JSON.stringify(path.slice(0, 100))
  if (forbidden.test(name) || Buffer.byteLength(name) > mostBytes) {
    const rule = `1 to ${mostBytes} bytes without / \\ . " $ and blanks`
    throw new Error(`${setting}: ${shown} is no name of a database; expected ${rule}`)
  }
  if (ownDatabases.includes(name.toLowerCase())) {
    const next = `name another, such as /${defaultDatabase}?authSource=admin`
    throw new Error(`${setting}: the database ${name} is MongoDB's own; ${next}`)
  }
  return name
}

/** What to look at when a server refuses the credentials: the driver asks the database of the path. */
export function credentialsAdvice(uri: string): string {
  const { user, path, query } = partsOf(uri)
  const asksElsewhere = /(^|&)authSource=/i.test(query) || path === ''
  if (user === '' || asksElsewhere) return ''
  return `; they were looked for in the database ${path}: add ?authSource=admin when the user is there`
}
