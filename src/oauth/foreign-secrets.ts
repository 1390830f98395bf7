import type { KnownAccount } from '../domain/accounts/account.ts'
import type { KnownForeignSecret } from '../domain/credentials/credential.ts'
import { isReadWhole } from '../domain/credentials/foreign-secret.ts'
import { Recent } from '../domain/recent.ts'
import {
  type Digest,
  digestWith,
  fingerprint,
  isMarked,
  type Pepper,
  sameDigest,
} from '../domain/secret.ts'
import { siteOf } from '../http/client-address.ts'
import type { Presented, Read } from './attempt.ts'
import type { OAuthOptions } from './options.ts'
import { Refusal } from './refusals.ts'

type BySecret = Extract<Presented, { readonly method: 'client_secret_basic' }>
type ReadBySecret = Read & { readonly presented: BySecret }

/** So many secrets are known again without a check, until their exchange has been written. */
const mostProven = 1000

const busy = () => new Refusal('checks_awaited', '', { headers: { 'Retry-After': '1' } })

function foreignOf(account: KnownAccount | undefined): KnownForeignSecret | undefined {
  return account?.credentials.find((credential) => credential.kind === 'foreign_secret')
}

/** What nobody has a secret for, at the same cost as a digest of somebody. */
function decoy(cost: number): string {
  return `$2b$${String(cost).padStart(2, '0')}$${'.'.repeat(53)}`
}

/** A number that stands for a client id, and that nobody can work out who does not know the pepper. */
function placeOf(clientId: string, { lookups: { peppers } }: OAuthOptions): number {
  const [pepper] = peppers
  if (!pepper) return 0
  return Buffer.from(digestWith(pepper, clientId).value, 'base64url').readUInt32BE()
}

/**
 * The digest that a secret is compared with. While another server's digests are kept here, a client
 * that has none, or that is not there, gets one that costs as much as one of them: the time that a
 * refusal takes tells of nobody.
 */
function digestFor(
  { clientId }: BySecret,
  own: KnownForeignSecret | undefined,
  options: OAuthOptions,
): string | undefined {
  if (own) return own.bcrypt
  const cost = options.foreign.costAt(placeOf(clientId, options))
  return cost === undefined ? undefined : decoy(cost)
}

/** Checks that run, so that a client that logs in many times at once is checked once. */
function sharedChecks({ foreign }: OAuthOptions) {
  const running = new Map<string, ReturnType<typeof foreign.check>>()
  return ({ presented, origin }: ReadBySecret, digest: string) => {
    const { clientId, secret } = presented
    const key = fingerprint(clientId, digest, secret)
    const found = running.get(key)
    if (found) return found
    const check = foreign.check({ digest, secret, site: siteOf(origin.address) })
    running.set(key, check)
    void check.finally(() => running.delete(key))
    return check
  }
}

/** Secrets that were found good, by the credential: as digests of ours, which take no time. */
class ProvenSecrets {
  readonly #digests = new Recent<KnownForeignSecret['id'], Digest>(mostProven)
  readonly #pepper: Pepper | undefined

  constructor([pepper]: readonly Pepper[]) {
    this.#pepper = pepper
  }

  has(id: KnownForeignSecret['id'], secret: string): boolean {
    const known = this.#digests.get(id)
    return known && this.#pepper ? sameDigest(digestWith(this.#pepper, secret), known) : false
  }

  add(id: KnownForeignSecret['id'], secret: string): void {
    if (this.#pepper) this.#digests.set(id, digestWith(this.#pepper, secret))
  }
}

/** Of a secret of our making, or of one that bcrypt does not read to its end, there is no digest. */
function canBeForeign(secret: string): boolean {
  return !isMarked('secret', secret) && isReadWhole(secret)
}

function isBySecret(read: Read): read is ReadBySecret {
  return read.presented.method === 'client_secret_basic'
}

/**
 * Compares the secret of a login, which takes its time, with what another server kept of it; the
 * login, with the credential that it is good for, if it is good for one. Fails with a refusal when
 * too many wait for theirs.
 */
export function foreignMatcher(options: OAuthOptions): (read: Read) => Promise<Read> {
  const check = sharedChecks(options)
  const proven = new ProvenSecrets(options.lookups.peppers)
  const isGood = async (read: ReadBySecret, own: KnownForeignSecret | undefined) => {
    const { secret } = read.presented
    if (own && proven.has(own.id, secret)) return true
    const digest = digestFor(read.presented, own, options)
    const answer = digest === undefined ? 'bad' : await check(read, digest)
    if (answer === 'busy') throw busy()
    return answer === 'good'
  }
  return async (read) => {
    if (!isBySecret(read) || !canBeForeign(read.presented.secret)) return read
    const own = foreignOf(options.lookups.account(read.presented.clientId))
    if (!(await isGood(read, own)) || !own) return read
    proven.add(own.id, read.presented.secret)
    return { ...read, presented: { ...read.presented, foreign: own.id } }
  }
}
