import type { Static } from 'typebox'
import type { RoleChange } from '../../domain/access/bind.ts'
import { companyPlace, environmentPlace, projectPlace } from '../../domain/access/places.ts'
import { isProblem, Problem } from '../../domain/problem.ts'
import { inputRule } from './input-rules.ts'
import type { RoleMembers } from './schemas.ts'

type GivenRoles = Static<typeof RoleMembers>

/** A role that a request sets, and the path of its entry there. */
interface Entry {
  readonly change: RoleChange
  readonly at: string
}

function environmentEntries(
  { projectId, environmentsRole = [] }: NonNullable<GivenRoles['projectsRole']>[number],
  above: string,
): readonly Entry[] {
  return environmentsRole.map(({ envId, role }, index) => ({
    change: { on: environmentPlace(projectId, envId), role },
    at: `${above}.environmentsRole.${index}`,
  }))
}

/**
 * What a request sets below the company. An entry that names environments and whose own role is empty
 * leaves the role on its project as it is: that is what miactl sends for one environment.
 */
function entriesBelow({ projectsRole = [] }: GivenRoles): readonly Entry[] {
  return projectsRole.flatMap((given, index) => {
    const { projectId, role: own, environmentsRole } = given
    const at = `projectsRole.${index}`
    const isKept = own === undefined || (own === '' && environmentsRole !== undefined)
    const project = isKept ? [] : [{ change: { on: projectPlace(projectId), role: own }, at }]
    return [...project, ...environmentEntries(given, at)]
  })
}

/** The roles that a request sets. */
export function rolesInput(companyId: string, given: GivenRoles): readonly RoleChange[] {
  const { role } = given
  const below = entriesBelow(given).map(({ change }) => change)
  return role === undefined ? below : [{ on: companyPlace(companyId), role }, ...below]
}

/** A rule that refuses one of several roles says which, in the words of the request. */
function inItsEntry(error: unknown, given: GivenRoles): unknown {
  if (!isProblem(error, 'request.invalid')) return error
  const { details } = error
  // What is named twice is a fault of the whole list.
  if (!('on' in details) || details.rule === 'place_is_named_once') return error
  const entry = entriesBelow(given).find(({ change }) => change.on === details.on)
  if (!entry) return error
  const { field = '', message } = inputRule(details)
  const said = `${entry.at}.${message}`
  return new Problem('request.invalid', { field: `${entry.at}.${field}`, said }, error)
}

/** Does what a request asks for that sets roles. A failure about one of them names its entry. */
export async function namingEntries<T>(given: GivenRoles, act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (error) {
    throw inItsEntry(error, given)
  }
}
