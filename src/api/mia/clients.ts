import type { Static } from 'typebox'
import { idOf } from '../../domain/access/places.ts'
import type { Account } from '../../domain/accounts/account.ts'
import type { AccountDetails, Created, NewAccount } from '../../domain/accounts/create.ts'
import type { NewCompanyAccount } from '../../domain/accounts/of-company.ts'
import type { AccountPatch } from '../../domain/accounts/update.ts'
import { Problem } from '../../domain/problem.ts'
import type { CreateClient, PatchClient, RegisterClient } from './client-schemas.ts'
import { keyInput, splitPermissions } from './inputs.ts'
import { engineState, stateNamed } from './states.ts'
import { iso } from './views.ts'

type Registered = Static<typeof RegisterClient>

function assertKey(authMethod: string, key: unknown): void {
  if ((authMethod === 'private_key_jwt') === (key !== undefined)) return
  const field = 'public_key'
  const said =
    key === undefined
      ? `${field}: is needed when token_endpoint_auth_method is private_key_jwt`
      : `${field}: is only for clients whose token_endpoint_auth_method is private_key_jwt`
  throw new Problem('request.invalid', { field, said })
}

/** What a client is registered with, as the domain takes it. Fails with `request.invalid`. */
export function registerInput(given: Registered): AccountDetails {
  const { client_name, token_endpoint_auth_method: authMethod = 'client_secret_basic' } = given
  const key = keyInput(given.public_key)
  assertKey(authMethod, key)
  const called = client_name.normalize('NFC').trim()
  return { name: called, authMethod, ...(key !== undefined && { publicKey: key }) }
}

/** A client to be made, as the domain takes it. Fails with `request.invalid`. */
export function createClientInput(given: Static<typeof CreateClient>): NewAccount {
  const { permissions: wanted = [], audience, allowedCustomClaims: claims, metadata: meta } = given
  return {
    ...registerInput(given),
    permissions: splitPermissions(wanted),
    audiences: audience ?? [],
    allowedCustomClaims: claims ?? [],
    ...(meta && { metadata: meta }),
    state: stateNamed[given.__STATE__ ?? 'PUBLIC'],
  }
}

/** The same, of a company: its accounts have roles. Fails with `request.invalid`. */
export function withoutPermissions({ permissions, ...details }: NewAccount): NewCompanyAccount {
  if (permissions.length === 0) return { ...details, roles: [] }
  throw new Problem('request.invalid', { rule: 'permissions_are_of_root' })
}

/** A change of a client, as the domain takes it. Fails with `request.invalid`. */
export function patchClientInput({ $set, ...given }: Static<typeof PatchClient>): AccountPatch {
  const [other] = $set === undefined ? [] : Object.keys(given)
  if (other !== undefined) {
    throw new Problem('request.invalid', {
      field: other,
      said: `${other}: goes into $set, or $set away`,
    })
  }
  const { name, permissions, audience, allowedCustomClaims: claims, metadata } = $set ?? given
  return {
    ...(name !== undefined && { name: name.normalize('NFC').trim() }),
    ...(permissions !== undefined && { permissions: splitPermissions(permissions) }),
    ...(audience !== undefined && { audiences: audience ?? [] }),
    ...(claims !== undefined && { allowedCustomClaims: claims ?? [] }),
    ...(metadata !== undefined && { metadata }),
  }
}

/** The name that a key was given here, because it came without one. */
function madeKid({ account: { credentials } }: Created, { public_key: given }: Registered) {
  const [first] = credentials
  const isNamed = typeof given === 'object' && given !== null && 'kid' in given
  return first?.kind === 'key' && !isNamed ? { kid: first.key.kid } : {}
}

/** The one reply that holds the secret of a client. */
export function createdClient(made: Created, given: Registered) {
  const { account, secret } = made
  return {
    client_id: account.clientId,
    ...(secret && { client_secret: secret.reveal(), client_secret_expires_at: 0 }),
    ...madeKid(made, given),
    client_id_issued_at: Math.floor(account.createdAt / 1000),
  }
}

function publicKeyOf({ credentials }: Account) {
  const key = credentials.find(({ kind }) => kind === 'key')
  return key?.kind === 'key' ? { publicKey: { ...key.key } } : {}
}

/** A client, and when it last logged in (ms). */
export function client(record: Account, lastLogin: number | undefined) {
  const { clientId, name, authMethod, permissions, audiences, owner, createdBy } = record
  return {
    _id: clientId,
    clientId,
    name,
    authMethod,
    permissions,
    audience: audiences,
    allowedCustomClaims: record.allowedCustomClaims ?? [],
    ...publicKeyOf(record),
    metadata: record.metadata ?? {},
    ...(owner !== 'root' && { companyId: idOf(owner) }),
    lastLogin: lastLogin === undefined ? '' : iso(lastLogin),
    creatorId: createdBy,
    createdAt: iso(record.createdAt),
    updatedAt: iso(record.updatedAt),
    __STATE__: engineState[record.state],
  }
}
