import type { Static } from 'typebox'
import { companyPlace } from '../../domain/access/places.ts'
import type { AccountTarget } from '../../domain/accounts/change.ts'
import type { AccountDetails, NewAccount } from '../../domain/accounts/create.ts'
import type { CompanyAccountPatch, NewCompanyAccount } from '../../domain/accounts/of-company.ts'
import type { AccountState } from '../../domain/accounts/states.ts'
import type { AccountPatch } from '../../domain/accounts/update.ts'
import type { Demand } from '../../domain/change.ts'
import type { NewClientKey } from '../../domain/client-keys/create.ts'
import type { ClientKeyTarget } from '../../domain/client-keys/target.ts'
import type { ClientKeyPatch } from '../../domain/client-keys/update.ts'
import type { NewCredential } from '../../domain/credentials/add.ts'
import type { KeyInput } from '../../domain/credentials/make.ts'
import type { Rotation } from '../../domain/credentials/rotate.ts'
import { Problem } from '../../domain/problem.ts'
import { assertConditions, type Conditions } from '../../http/conditions.ts'
import { moment } from './moments.ts'
import { rolesInput } from './role-inputs.ts'
import type {
  AddCredential,
  CreateAccount,
  CreateClientKey,
  CreateCompanyAccount,
  PatchAccount,
  PatchClientKey,
  PatchCompanyAccount,
  Rotate,
} from './schemas.ts'

/** Permissions that came as a list or as one text. */
export function splitPermissions(given: string | readonly string[]): readonly string[] {
  if (typeof given !== 'string') return given
  return given
    .split(',')
    .map((permission) => permission.trim())
    .filter((permission) => permission !== '')
}

/** A key; `null` and `{}` are what clients without one send. */
export function keyInput(
  given: string | Record<string, unknown> | null | undefined,
): KeyInput | undefined {
  if (given === null || given === undefined || given === '') return undefined
  return typeof given === 'object' && Object.keys(given).length === 0 ? undefined : given
}

function expiry(text: string | undefined): { expiresAt?: number } {
  return text === undefined ? {} : { expiresAt: moment('expiresAt', text) }
}

type GivenDetails = Omit<Static<typeof CreateAccount>, 'permissions'>

function accountDetails(given: GivenDetails): AccountDetails {
  const publicKey = keyInput(given.publicKey)
  const jwksUri = given.jwksUri ?? given.jwks_uri
  return {
    name: given.name.normalize('NFC').trim(),
    description: given.description ?? '',
    authMethod: given.tokenEndpointAuthMethod,
    audiences: given.audiences ?? [],
    ...(given.defaultAudience !== undefined && { defaultAudience: given.defaultAudience }),
    ...(given.allowedCustomClaims && { allowedCustomClaims: given.allowedCustomClaims }),
    ...(publicKey !== undefined && { publicKey }),
    ...(jwksUri !== undefined && { jwksUri: httpsUrl(jwksUri) }),
    ...expiry(given.expiresAt),
  }
}

/** An account of root to be made, as the domain takes it. Fails with `request.invalid`. */
export function createAccountInput(given: Static<typeof CreateAccount>): NewAccount {
  return { ...accountDetails(given), permissions: splitPermissions(given.permissions) }
}

/** An account of a company to be made, as the domain takes it. Fails with `request.invalid`. */
export function companyAccountInput(
  companyId: string,
  given: Static<typeof CreateCompanyAccount>,
): NewCompanyAccount {
  return { ...accountDetails(given), roles: rolesInput(companyId, given) }
}

/** A change of an account of a company, as the domain takes it. */
export function patchCompanyAccountInput(
  companyId: string,
  given: Static<typeof PatchCompanyAccount>,
): CompanyAccountPatch {
  const { role: _role, projectsRole: _below, name, state, ...rest } = given
  const patch = {
    ...rest,
    ...(name !== undefined && { name: name.normalize('NFC').trim() }),
    ...(state !== undefined && { state: accountState[state] }),
  }
  return { patch, roles: rolesInput(companyId, given) }
}

/** The words of the console's own engine for the states of an account. */
const accountState = {
  enabled: 'enabled',
  disabled: 'disabled',
  PUBLIC: 'enabled',
  DRAFT: 'draft',
} as const satisfies Record<string, AccountState>

/** What a company, a project or an environment shall be called. */
export function placeInput<G extends { readonly name?: string }>(given: G): G {
  const { name } = given
  return name === undefined ? given : { ...given, name: name.normalize('NFC').trim() }
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

/** What a path names of an account. */
interface AccountParams {
  readonly clientId: string
  readonly companyId?: string
}

/** Which account is meant: one of root, or of the company that the path names. */
export function accountTarget({ clientId, companyId }: AccountParams): AccountTarget {
  return { clientId, owner: companyId === undefined ? 'root' : companyPlace(companyId) }
}

/** Which account is meant, in which state. */
export function changeTarget(params: AccountParams, conditions: Conditions): AccountTarget {
  return { ...accountTarget(params), ...demandOf(conditions) }
}

/** The state that a request demands of what it changes. */
export function demandOf(conditions: Conditions) {
  const demand: Demand = (state) => assertConditions(conditions, state)
  return { demand }
}

/** Which client key is meant, in which state. */
export function clientKeyTarget(id: string, conditions: Conditions): ClientKeyTarget {
  return { id, demand: (state) => assertConditions(conditions, state) }
}
