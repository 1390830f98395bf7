import { MongoBulkWriteError, MongoError, MongoServerSelectionError } from 'mongodb'
import { Problem, storeAway } from '../../domain/problem.ts'
import { otherReplicaSet } from './uri.ts'

/** https://github.com/mongodb/mongo/blob/master/src/mongo/base/error_codes.yml, and what others add. */
const duplicateKey = 11000
const diskFull: readonly unknown[] = [14031]
const transient: readonly unknown[] = [
  6, // HostUnreachable
  7, // HostNotFound
  64, // WriteConcernTimeout: written here, not yet on a majority
  89, // NetworkTimeout
  91, // ShutdownInProgress
  112, // WriteConflict
  189, // PrimarySteppedDown
  262, // ExceededTimeLimit
  9001, // SocketException
  10107, // NotWritablePrimary
  11600, // InterruptedAtShutdown
  11602, // InterruptedDueToReplStateChange
  13435, // NotPrimaryNoSecondaryOk
  13436, // NotPrimaryOrSecondary
  16500, // Cosmos DB: request rate too large
  16908292, // FerretDB: deadlock detected
]
const transientNames: readonly string[] = ['MongoNetworkError', 'MongoPoolClearedError']

/** What a socket says that the other side has just closed: the driver lets these through as they are. */
const socketCodes: readonly unknown[] = [
  'EPIPE',
  'ECONNRESET',
  'ERR_STREAM_DESTROYED',
  // The names behind mongodb+srv are looked up by the driver, and fail as they are.
  'ENOTFOUND',
  'ESERVFAIL',
  'ETIMEOUT',
  'ECONNREFUSED',
]

// Not by `instanceof`: under Jest, Node has another Error.
function isSocketError(error: unknown): boolean {
  return (
    typeof error === 'object' &&
    error !== null &&
    'code' in error &&
    socketCodes.includes(error.code)
  )
}

function codeOf(error: unknown): unknown {
  return error instanceof MongoError ? error.code : undefined
}

/** Whether a unique value is there already. */
export function isDuplicate(error: unknown): boolean {
  return codeOf(error) === duplicateKey
}

/** Whether the same write may succeed in a moment. A silent server is not worth a second wait. */
export function isTransient(thrown: unknown): boolean {
  const error = unwrapped(thrown)
  if (isSocketError(error)) return true
  if (!(error instanceof MongoError)) return false
  return transient.includes(error.code) || transientNames.includes(error.name)
}

/** What goes wrong on the way of a bulk, the driver wraps. */
function unwrapped(error: unknown): unknown {
  if (!(error instanceof MongoBulkWriteError)) return error
  const { errorResponse }: { readonly errorResponse: unknown } = error
  return errorResponse instanceof MongoError ? errorResponse : error
}

/** The Problem for what the driver threw; errors of our own pass unchanged. */
export function problemOf(error: unknown): unknown {
  if (!(error instanceof MongoError)) return isSocketError(error) ? storeAway(error) : error
  const cause = withoutCredentials(error)
  if (!isFull(error)) return storeAway(cause)
  return new Problem('store.full', { retryAfterSeconds: 30 }, cause)
}

// PostgreSQL behind FerretDB says it in words only, as does Atlas.
const fullWords = /no space left on device|disk full|disk quota exceeded|over your space quota/i

function isFull(error: MongoError): boolean {
  return diskFull.includes(error.code) || fullWords.test(error.message)
}

/** What the driver said, without all that hangs on its own errors. */
class DriverFault extends Error {
  readonly code: unknown

  constructor(message: string, code: unknown) {
    super(message)
    this.name = 'DriverFault'
    this.code = code
  }
}

/** Names and codes only: driver errors drag the topology along, and a URI may stand in a message. */
function withoutCredentials(error: MongoError): Error {
  const { name, message } = error
  const code = isOtherSet(error) ? otherReplicaSet : error.code
  const text = message.replaceAll(/\/\/[^@/\s]*@/g, '//[credentials]@')
  return new DriverFault(`${name}${code === undefined ? '' : ` ${code}`}: ${text}`, code)
}

/** The driver forgets each host that is of another set, or of none: then it waits for nobody. */
function isOtherSet(error: MongoError): boolean {
  if (!(error instanceof MongoServerSelectionError)) return false
  const { setName, servers } = { ...error.reason }
  return typeof setName === 'string' && servers?.size === 0
}
