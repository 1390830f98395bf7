import { MongoClient } from 'mongodb'
import { type Parts, partsOf, setting } from './uri.ts'

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
