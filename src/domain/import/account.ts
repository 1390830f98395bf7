import { assertRolesThere, bound, type RoleChange } from '../access/bind.ts'
import { companyPlace, environmentPlace, projectPlace } from '../access/places.ts'
import { pathOf } from '../access/tree.ts'
import type { Account } from '../accounts/account.ts'
import {
  type AccountDetails,
  checkNew,
  knownPermissions,
  newAccount,
  type Standing,
} from '../accounts/create.ts'
import type { Context } from '../context.ts'
import { bcryptCost, mostBcryptCost } from '../credentials/foreign-secret.ts'
import { foreignSecret } from '../credentials/make.ts'
import { Problem } from '../problem.ts'
import { type GivenAccount, stateWords } from './given.ts'
import type { Ground } from './ground.ts'
import { type ImportFault, type Made, made, refused, there } from './outcome.ts'

/** The roles that an account shall have; an empty one is none. */
function rolesOf({ companyId = '', role = '', projectsRole = [] }: GivenAccount) {
  const below = projectsRole.flatMap((given): readonly RoleChange[] => [
    { on: projectPlace(given.projectId), role: given.role ?? '' },
    ...(given.environmentsRole ?? []).map((one) => {
      return { on: environmentPlace(given.projectId, one.envId), role: one.role }
    }),
  ])
  const all: readonly RoleChange[] = [{ on: companyPlace(companyId), role }, ...below]
  return all.filter((change) => change.role !== '')
}

function detailsOf(given: GivenAccount): AccountDetails {
  const { name, description, authMethod, publicKey, audience, allowedCustomClaims } = given
  return {
    name: name.normalize('NFC').trim(),
    ...(description !== undefined && { description }),
    authMethod,
    audiences: audience ?? [],
    state: stateWords[given.state ?? 'enabled'],
    ...(publicKey !== undefined && { publicKey }),
    ...(allowedCustomClaims && { allowedCustomClaims }),
  }
}

/** Whom it shall belong to, and what it may do there. Fails with the problems of the use cases. */
function standingOf(ground: Ground, given: GivenAccount): Standing {
  const { companyId, permissions = [] } = given
  if (companyId === undefined) {
    return { owner: 'root', permissions: knownPermissions(permissions), bindings: [] }
  }
  if (permissions.length > 0) {
    throw new Problem('request.invalid', { rule: 'permissions_are_of_root' })
  }
  const roles = rolesOf(given)
  assertRolesThere(ground, companyId, roles)
  return { owner: companyPlace(companyId), permissions: [], bindings: bound([], roles) }
}

function digestFault(method: GivenAccount['authMethod'], digest: string): ImportFault | undefined {
  if (method !== 'client_secret_basic') return 'secret_beside_keys'
  return bcryptCost(digest) > mostBcryptCost ? 'digest_costs_too_much' : undefined
}

function faultOf({ known }: Ground, given: GivenAccount): ImportFault | undefined {
  const { companyId, secretDigest } = given
  if (companyId === undefined && rolesOf(given).length > 0) return 'roles_are_of_companies'
  if (companyId !== undefined && !pathOf(known, companyPlace(companyId))) return 'company_is_absent'
  return secretDigest === undefined ? undefined : digestFault(given.authMethod, secretDigest)
}

const ownerOf = ({ companyId }: GivenAccount): Account['owner'] =>
  companyId === undefined ? 'root' : companyPlace(companyId)

/** What it logs in with. A secret that nobody is shown is none: its owner is given one afterwards. */
function loggingIn(
  ctx: Context,
  { authMethod, secretDigest }: GivenAccount,
  { credentials }: Account,
): Pick<Account, 'credentials'> {
  if (authMethod !== 'client_secret_basic') return { credentials }
  if (secretDigest === undefined) return { credentials: [] }
  return { credentials: [foreignSecret(ctx, { name: 'imported' }, secretDigest)] }
}

/** Makes an account under the client id that it had, unless it is there, or may not be. */
export async function makeAccount(ground: Ground, given: GivenAccount): Promise<Made> {
  const { ctx } = ground
  const { clientId } = given
  const found = await ctx.store.find('account', 'clientId', clientId)
  if (found && !found.live) return refused('id_was_used')
  if (found) return found.owner === ownerOf(given) ? there : refused('is_of_another_company')
  const fault = faultOf(ground, given)
  if (fault !== undefined) return refused(fault)
  const details = detailsOf(given)
  checkNew(details)
  const { account } = newAccount(ctx, details, standingOf(ground, given))
  const record: Account = { ...account, clientId, ...loggingIn(ctx, given, account) }
  await ground.write('account', { action: 'account.create', record })
  if (given.secretDigest !== undefined) return { outcome: 'made', secret: 'foreign' }
  return given.authMethod === 'client_secret_basic' ? { outcome: 'made', secret: 'none' } : made
}
