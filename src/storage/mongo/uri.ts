import { MongoClient } from 'mongodb'

const setting = 'storage.uri (OSTIARY_STORAGE_URI)'
const defaultDatabase = 'ostiary'
/** https://www.mongodb.com/docs/manual/reference/limits/#naming-restrictions, and MongoDB's own ones. */
const forbidden = /[/\\. "$\0]/
const mostBytes = 63
const ownDatabases: readonly string[] = ['admin', 'config', 'local']

interface Parts {
  readonly scheme: string
  readonly user: string
  readonly hosts: string
  readonly path: string
  readonly query: string
}

/** The parts of a URI; hosts may be several, so that this is no URL to others. */
function partsOf(uri: string): Parts {
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

/** What the driver says of one option, beside the hosts of the URI and nothing that is secret. */
function isRefused({ scheme, hosts }: Parts, option: string): boolean {
  try {
    new MongoClient(`${scheme}user:password@${hosts}/?${option}`)
    return false
  } catch {
    return true
  }
}

/**
 * Why the driver does not take a URI. Its own message and cause may quote the part that is the
 * password, or the value of an option that is one.
 */
export function uriFault(uri: string): Error {
  const parts = partsOf(uri)
  const options = isRefused(parts, '') ? [] : parts.query.split('&')
  const refused = options
    .filter((option) => option !== '' && isRefused(parts, option))
    .map((option) => JSON.stringify(option.split('=')[0]?.slice(0, 64)))
  if (refused.length > 0) {
    const which = refused.length === 1 ? 'the option' : 'the options'
    const rule = 'a name that the MongoDB driver knows, and a value that it allows'
    return new Error(`${setting}: ${which} ${refused.join(', ')}: expected ${rule}`)
  }
  const form = 'mongodb://<user>:<password>@<host>:<port>/<database>'
  const rule = 'with reserved characters in user and password percent-encoded'
  return new Error(`The MongoDB URI cannot be read; it should look like ${form}, ${rule}`)
}

/** What to look at when a server refuses the credentials: the driver asks the database of the path. */
export function credentialsAdvice(uri: string): string {
  const { user, path, query } = partsOf(uri)
  const asksElsewhere = /(^|&)authSource=/i.test(query) || path === ''
  if (user === '' || asksElsewhere) return ''
  return `; they were looked for in the database ${path}: add ?authSource=admin when the user is there`
}
