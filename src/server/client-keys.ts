import type { IncomingMessage } from 'node:http'
import type { Settings } from '../config/schema.ts'
import type { Directory } from '../directory/directory.ts'
import { isProblem } from '../domain/problem.ts'
import { clientAddress } from '../http/client-address.ts'
import { assertClientKey, type ClientKeyOptions, givenClientKey } from '../http/client-key.ts'
import { Throttle } from '../oauth/throttle.ts'
import type { LastUses } from './last-uses.ts'
import type { Peppers } from './peppers.ts'
import type { Renewals } from './renewals.ts'

/** Unknown keys of one address that are refused as such before the next is not looked at. */
const guessesAllowed = 100

/** What must be known to judge the keys of applications. */
interface Known {
  readonly directory: Directory
  readonly peppers: Peppers
  readonly settings: Settings
  readonly lastUses: LastUses
  readonly renewals: Renewals
  readonly now: () => number
}

/** How the keys of applications are judged. */
export interface ClientKeys {
  /** For callers that are known by then. */
  readonly options: ClientKeyOptions
  /**
   * For paths that are open to everybody: a key need not be given there, but one that is unknown is
   * refused. Whoever tries many learns nothing more for a while: their keys count as absent, so that
   * neither a guesser is told, nor a neighbour of one address locked out.
   */
  readonly checkOpen: (request: IncomingMessage) => Promise<void>
}

function optionsOf({
  directory,
  peppers,
  settings,
  lastUses,
  renewals,
  now,
}: Known): ClientKeyOptions {
  const addressOf = clientAddress(settings.http.trustedProxies)
  return {
    keyByDigest: (digest) => directory.clientKeyByDigest(digest),
    refresh: () => directory.refresh(),
    peppers,
    now,
    onUse: (key, value, request) => {
      lastUses.add(key.id, addressOf(request))
      renewals.addClientKey(key, value)
    },
    publicKeys: settings.api.publicClientKeys,
    isRequired: settings.api.requireClientKey,
  }
}

/** Opens the judgement of client keys: one throttle for all paths that are open. */
export function openClientKeys(known: Known): ClientKeys {
  const options = optionsOf(known)
  const { settings, now } = known
  const throttle = new Throttle(guessesAllowed, now)
  const address = clientAddress(settings.http.trustedProxies)
  return {
    options,
    async checkOpen(request) {
      if (givenClientKey(request) === '') return
      const from = address(request)
      if (throttle.waitSeconds('', from) > 0) return
      try {
        await assertClientKey(request, { ...options, isRequired: false })
      } catch (error) {
        if (isProblem(error, 'client_key.refused')) throttle.refused('', from)
        throw error
      }
    },
  }
}
