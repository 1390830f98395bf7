import type { Account } from '../../domain/accounts/account.ts'
import type { Created } from '../../domain/accounts/create.ts'
import type { Event } from '../../domain/audit/event.ts'
import type { Added } from '../../domain/credentials/add.ts'
import type { Credential } from '../../domain/credentials/credential.ts'
import type { ListedCredential } from '../../domain/credentials/list.ts'
import type { Rotated } from '../../domain/credentials/rotate.ts'

const iso = (at: number) => new Date(at).toISOString()

const maybe = (name: string, at: number | undefined) =>
  at === undefined ? {} : { [name]: iso(at) }

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

export function account(record: Account) {
  const { clientId, name, description, state, permissions, audiences, authMethod, jwksUri } = record
  return {
    clientId,
    name,
    description,
    state,
    tokenEndpointAuthMethod: authMethod,
    permissions,
    audiences,
    ...(jwksUri !== undefined && { jwksUri }),
    createdAt: iso(record.createdAt),
    createdBy: record.createdBy,
    updatedAt: iso(record.updatedAt),
  }
}

function credentialBase(record: Credential) {
  const { id, name, createdAt, createdBy, expiresAt } = record
  return { id, name, createdAt: iso(createdAt), createdBy, ...maybe('expiresAt', expiresAt) }
}

export function credential({ credential: record, lastUsedAt, isUsable }: ListedCredential) {
  return {
    ...credentialBase(record),
    type: record.kind === 'key' ? 'public_key' : 'client_secret',
    ...(record.kind === 'key' && { kid: record.key.kid, publicKey: record.key }),
    state: isUsable ? 'active' : 'expired',
    ...maybe('lastUsedAt', lastUsedAt),
  }
}

export function added({ credential: record, secret }: Added) {
  return {
    id: record.id,
    ...(secret && { clientSecret: secret.reveal() }),
    ...(record.kind === 'key' && { kid: record.key.kid }),
    ...maybe('expiresAt', record.expiresAt),
  }
}

export function rotated({ credential: record, secret, formerEndsAt }: Rotated) {
  return {
    id: record.id,
    clientSecret: secret.reveal(),
    previousExpiresAt: iso(formerEndsAt),
    ...maybe('expiresAt', record.expiresAt),
  }
}

export function event({
  at,
  record: _record,
  ...rest
}: Event): Omit<Event, 'at' | 'record'> & { readonly at: string } {
  return { ...rest, at: iso(at) }
}
