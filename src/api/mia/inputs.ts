import type { Static } from 'typebox'
import type { AccountTarget } from '../../domain/accounts/change.ts'
import type { NewAccount } from '../../domain/accounts/create.ts'
import type { AccountPatch } from '../../domain/accounts/update.ts'
import type { NewClientKey } from '../../domain/client-keys/create.ts'
import type { ClientKeyTarget } from '../../domain/client-keys/target.ts'
import type { ClientKeyPatch } from '../../domain/client-keys/update.ts'
import type { NewCredential } from '../../domain/credentials/add.ts'
import type { KeyInput } from '../../domain/credentials/make.ts'
import type { Rotation } from '../../domain/credentials/rotate.ts'
import { Problem } from '../../domain/problem.ts'
import { assertConditions, type Conditions } from '../../http/conditions.ts'
import { moment } from './moments.ts'
import type {
  AddCredential,
  CreateAccount,
  CreateClientKey,
  PatchAccount,
  PatchClientKey,
  Rotate,
} from './schemas.ts'

function splitPermissions(given: string | readonly string[]): readonly string[] {
  if (typeof given !== 'string') return given
  return given
    .split(',')
    .map((permission) => permission.trim())
    .filter((permission) => permission !== '')
}

/** `null` and `{}` are what clients without a key send. */
function keyInput(
  given: string | Record<string, unknown> | null | undefined,
): KeyInput | undefined {
  if (given === null || given === undefined || given === '') return undefined
  return typeof given === 'object' && Object.keys(given).length === 0 ? undefined : given
}

function expiry(text: string | undefined): { expiresAt?: number } {
  return text === undefined ? {} : { expiresAt: moment('expiresAt', text) }
}

/** An account to be made, as the domain takes it. Fails with `request.invalid`. */
export function createAccountInput(given: Static<typeof CreateAccount>): NewAccount {
  const publicKey = keyInput(given.publicKey)
  const jwksUri = given.jwksUri ?? given.jwks_uri
  return {
    name: given.name.normalize('NFC').trim(),
    description: given.description ?? '',
    permissions: splitPermissions(given.permissions),
    authMethod: given.tokenEndpointAuthMethod,
    audiences: given.audiences ?? [],
    ...(given.defaultAudience !== undefined && { defaultAudience: given.defaultAudience }),
    ...(publicKey !== undefined && { publicKey }),
    ...(jwksUri !== undefined && { jwksUri: httpsUrl(jwksUri) }),
    ...expiry(given.expiresAt),
  }
}

function httpsUrl(text: string): string {
  const url = URL.parse(text)
  if (url?.username !== '' || url.password !== '') {
    const said = 'jwksUri: expected an https URL without credentials'
    throw new Problem('request.invalid', { field: 'jwksUri', said })
  }
  return url.href
}

/** A change of an account, as the domain takes it. */
export function patchAccountInput(given: Static<typeof PatchAccount>): AccountPatch {
  const { permissions, name, ...rest } = given
  return {
    ...rest,
    ...(name !== undefined && { name: name.normalize('NFC').trim() }),
    ...(permissions !== undefined && { permissions: splitPermissions(permissions) }),
  }
}

/** A credential to be added, as the domain takes it. Fails with `request.invalid`. */
export function addCredentialInput(given: Static<typeof AddCredential>): NewCredential {
  const { name, expiresAt } = given
  const publicKey = keyInput(given.publicKey)
  return {
    ...(name !== undefined && { name }),
    ...(publicKey !== undefined && { publicKey }),
    ...expiry(expiresAt),
  }
}

/** A rotation, as the domain takes it. Fails with `request.invalid`. */
export function rotationInput({
  overlapSeconds,
  expiresAt,
  name,
}: Static<typeof Rotate>): Rotation {
  return { overlapSeconds, ...(name !== undefined && { name }), ...expiry(expiresAt) }
}

/** A client key to be made, as the domain takes it. Fails with `request.invalid`. */
export function createClientKeyInput(given: Static<typeof CreateClientKey>): NewClientKey {
  return { name: given.name.normalize('NFC').trim(), ...expiry(given.expiresAt) }
}

/** A change of a client key, as the domain takes it. */
export function patchClientKeyInput(given: Static<typeof PatchClientKey>): ClientKeyPatch {
  const { name, state } = given
  return {
    ...(name !== undefined && { name: name.normalize('NFC').trim() }),
    ...(state !== undefined && { active: state === 'enabled' }),
  }
}

/** Which account is meant, in which state. */
export function changeTarget(clientId: string, conditions: Conditions): AccountTarget {
  return { clientId, demand: (state) => assertConditions(conditions, state) }
}

/** Which client key is meant, in which state. */
export function clientKeyTarget(id: string, conditions: Conditions): ClientKeyTarget {
  return { id, demand: (state) => assertConditions(conditions, state) }
}
