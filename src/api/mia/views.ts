import type { Account } from '../../domain/accounts/account.ts'
import type { Created } from '../../domain/accounts/create.ts'
import type { SeenAccount } from '../../domain/accounts/standing.ts'
import type { CompanyEntry } from '../../domain/audit/company-entry.ts'
import type { Event } from '../../domain/audit/event.ts'
import type { CreatedClientKey } from '../../domain/client-keys/create.ts'
import type { ListedClientKey } from '../../domain/client-keys/list.ts'
import type { Added } from '../../domain/credentials/add.ts'
import type { Credential } from '../../domain/credentials/credential.ts'
import type { ListedCredential } from '../../domain/credentials/list.ts'
import type { Rotated } from '../../domain/credentials/rotate.ts'
import type { PepperStatus } from '../../domain/peppers/status.ts'
import type { Use } from '../../domain/store.ts'
import { shownVersion, type Versioned } from '../../domain/versioned.ts'
import { tagOfShown } from '../../http/conditions.ts'

/** A time in milliseconds, as it is shown. */
export const iso = (at: number): string => new Date(at).toISOString()

const expiry = (at: number | undefined) => (at === undefined ? {} : { expiresAt: iso(at) })

/** When something was last used, and from where, as far as that is known. */
export function used(use: Use | undefined) {
  if (!use) return {}
  const { at, from } = use
  return { lastUsedAt: iso(at), ...(from !== undefined && { lastUsedFrom: from }) }
}

const seconds = (at: number) => Math.floor(at / 1000)

/** The one reply that holds a new secret, or the id of the key that came in. */
export function created({ account, secret }: Created) {
  const [first] = account.credentials
  return {
    clientId: account.clientId,
    ...(secret && { clientSecret: secret.reveal() }),
    ...(first?.kind === 'key' && { kid: first.key.kid }),
    clientIdIssuedAt: seconds(account.createdAt),
  }
}

/** An account, as this dialect shows it. */
function account(record: Account) {
  const { clientId, name, description, state, permissions, audiences, authMethod, jwksUri } = record
  return {
    clientId,
    name,
    description,
    state,
    tokenEndpointAuthMethod: authMethod,
    permissions,
    audiences,
    ...(record.defaultAudience !== undefined && { defaultAudience: record.defaultAudience }),
    ...(record.allowedCustomClaims && { allowedCustomClaims: record.allowedCustomClaims }),
    ...(jwksUri !== undefined && { jwksUri }),
    createdAt: iso(record.createdAt),
    createdBy: record.createdBy,
    updatedAt: iso(record.updatedAt),
  }
}

/** The console's own words for a change of roles. */
export const rolesUpdated = {
  statusCode: 200,
  message: 'identity roles successfully updated',
} as const

/** What a page shows beside an account. */
export function standing({ liveCredentials, nextExpiresAt, rotating, lastUse }: SeenAccount) {
  return {
    liveCredentials,
    rotating,
    ...(nextExpiresAt !== undefined && { nextExpiresAt: iso(nextExpiresAt) }),
    ...(lastUse && { lastUsedAt: iso(lastUse.at) }),
  }
}

/** An account with what a page shows beside it. */
export function seenAccount(seen: SeenAccount) {
  return { ...account(seen.account), ...standing(seen) }
}

/** The header that names the version of a record; and what is shown, where that is more than the record. */
export function entityTag(record: Versioned, shown?: object) {
  const version = `${shownVersion(record)}`
  return { ETag: `"${shown ? tagOfShown(version, shown) : version}"` }
}

/** A record with more than it holds itself: the body of an answer, and the tag of that. */
export function tagged<T extends object>(shown: T, record: Versioned) {
  return [200, shown, entityTag(record, shown)] as const
}

function credentialBase(record: Credential) {
  const { id, name, createdAt, createdBy, expiresAt } = record
  return { id, name, createdAt: iso(createdAt), createdBy, ...expiry(expiresAt) }
}

/** A credential, without what is secret of it. */
export function credential({ credential: record, lastUse, pepperId, isUsable }: ListedCredential) {
  return {
    ...credentialBase(record),
    type: record.kind === 'key' ? ('public_key' as const) : ('client_secret' as const),
    ...(record.kind === 'key' && { kid: record.key.kid, publicKey: { ...record.key } }),
    ...(pepperId !== undefined && { pepperId }),
    state: isUsable ? ('active' as const) : ('expired' as const),
    ...used(lastUse),
  }
}

/** The one reply that holds the secret of a new credential, or the id of its key. */
export function added({ credential: record, secret }: Added) {
  return {
    id: record.id,
    ...(secret && { clientSecret: secret.reveal() }),
    ...(record.kind === 'key' && { kid: record.key.kid }),
    ...expiry(record.expiresAt),
  }
}

/** The one reply that holds the secret of a rotation. */
export function rotated({ credential: record, secret, formerEndsAt, former }: Rotated) {
  return {
    id: record.id,
    clientSecret: secret.reveal(),
    previousExpiresAt: iso(formerEndsAt),
    previous: former.map(({ id, endsAt }) => ({ id, expiresAt: iso(endsAt) })),
    ...expiry(record.expiresAt),
  }
}

/** Keys of the first release do not tell who made them: nothing but its first start made any. */
const firstMaker = 'first start'

/** A client key, without its value. */
export function clientKey({ key, lastUse }: ListedClientKey) {
  const { id, name, active, createdAt, createdBy = firstMaker, expiresAt, digest } = key
  return {
    id,
    name,
    state: active ? ('enabled' as const) : ('disabled' as const),
    createdAt: iso(createdAt),
    createdBy,
    pepperId: digest.pepper,
    ...expiry(expiresAt),
    ...used(lastUse),
  }
}

/** The one reply that holds the value of a client key. */
export function createdClientKey({ key, value }: CreatedClientKey) {
  return { id: key.id, clientKey: value.reveal(), ...expiry(key.expiresAt) }
}

/** What needs a pepper. */
export function pepper({ id, state, secrets, clientKeys, accounts }: PepperStatus) {
  const isNeeded = secrets + clientKeys > 0
  return { id, state, isNeeded, secrets, clientKeys, accounts }
}

/** An entry of the audit log; the caches follow what is left out. */
export function event({
  at,
  record: _record,
  ...rest
}: Event): Omit<Event, 'at' | 'record'> & { readonly at: string } {
  return { ...rest, at: iso(at) }
}

/** An entry of the audit log of a company. */
export function companyEvent({
  at,
  ...rest
}: CompanyEntry): Omit<CompanyEntry, 'at'> & { readonly date: string } {
  return { ...rest, date: iso(at) }
}
