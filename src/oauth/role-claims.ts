import type { Binding } from '../domain/access/binding.ts'
import { idOf, type Level, levelOf, type Place, projectIdOf } from '../domain/access/places.ts'
import type { KnownAccount } from '../domain/accounts/account.ts'
import type { Lookups } from './options.ts'

/** Bytes of the claim `roles` in a token; what does not fit is left out, and another claim says so. */
const mostBytes = 8 * 1024

/** What is known of roles. */
type Held = Pick<Lookups, 'roles'>

type Roles = Readonly<Record<string, readonly string[]>>

/** The claim `roles`: which roles the account holds, by the id of what it holds them on. */
interface RolesClaim {
  readonly companies: Roles
  readonly projects: Roles
  readonly environments: Roles
}

function on(level: Level, bindings: readonly Binding[]): Roles {
  const some = bindings.filter((binding) => levelOf(binding.on) === level)
  const byId = Map.groupBy(some, (binding) => idOf(binding.on))
  const roles = [...byId].map(([id, held]) => [id, [...new Set(held.map(({ role }) => role))]])
  return Object.fromEntries(roles)
}

function claimOf(bindings: readonly Binding[]): RolesClaim {
  return {
    companies: on('company', bindings),
    projects: on('project', bindings),
    environments: on('environment', bindings),
  }
}

function fits(claim: RolesClaim, room: number): boolean {
  return Buffer.byteLength(JSON.stringify(claim)) <= room
}

/** The project of a place; undefined for a company. */
function projectOf(place: Place): string | undefined {
  return levelOf(place) === 'company' ? undefined : projectIdOf(place)
}

/** Whether a role on one place counts for another: it is above or below it, or the place itself. */
function countsFor(place: Place, held: Place): boolean {
  if (levelOf(held) === 'company' || levelOf(place) === 'company') return true
  if (projectOf(held) !== projectOf(place)) return false
  return levelOf(held) !== levelOf(place) || held === place
}

/** Whether a role counts for a place from above, or on itself: what is below may be too much. */
function countsFromAbove(place: Place, held: Place): boolean {
  return held === place || (countsFor(place, held) && levelOf(held) === 'company')
}

function narrowed(bindings: readonly Binding[], place: Place) {
  return bindings.filter((held) => countsFor(place, held.on))
}

/** For which place roles are asked, and how many bytes there are for them. */
interface Bounds {
  readonly asked: Place
  readonly room: number
}

/** A claim whose roles fit, or what of them fits; never cut silently. */
function bounded(bindings: readonly Binding[], { asked, room }: Bounds) {
  const whole = claimOf(bindings)
  if (fits(whole, room)) return { roles: whole }
  const some = claimOf(bindings.filter((held) => countsFromAbove(asked, held.on)))
  return { roles: fits(some, room) ? some : claimOf([]), roles_truncated: true }
}

/** What was asked for: permissions, and the place that they are meant for. */
interface Asked {
  readonly scope?: string | undefined
  readonly place?: Place | undefined
  /** Bytes that other claims take of the room for roles. */
  readonly taken?: number
}

/** Of lists of roles that are the same ones at each login: their claims are, too. */
const wholeClaims = new WeakMap<readonly Binding[], ReturnType<typeof bounded>>()

function boundedRoles(account: KnownAccount, { place, taken = 0 }: Asked, { roles }: Held) {
  const bindings = roles(account)
  const bounds = { asked: place ?? account.owner, room: mostBytes - taken }
  if (place !== undefined) return bounded(narrowed(bindings, place), bounds)
  if (taken > 0) return bounded(bindings, bounds)
  const known = wholeClaims.get(bindings)
  if (known) return known
  const claims = bounded(bindings, bounds)
  wholeClaims.set(bindings, claims)
  return claims
}

/** A role would say more than a scope that was asked for: who reads it would let its bearer do all of it. */
const none = { roles: claimOf([]) }

/** What a token says of where its account belongs; nothing for accounts of root. */
export function companyClaims(account: KnownAccount, asked: Asked, lookups: Held) {
  if (account.owner === 'root') return {}
  const held = asked.scope === undefined ? boundedRoles(account, asked, lookups) : none
  return { company_id: idOf(account.owner), ...held }
}
