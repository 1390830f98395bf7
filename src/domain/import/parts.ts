import type {
  Given,
  GivenAccount,
  GivenCompany,
  GivenEnvironment,
  GivenProject,
  GivenRole,
} from './given.ts'

/** The kinds of records that an import makes, in the order in which it does. */
export const importedKinds = ['company', 'project', 'environment', 'role', 'account'] as const

/** One of the kinds that an import makes. */
export type ImportedKind = (typeof importedKinds)[number]

interface Contents {
  readonly company: { readonly given: GivenCompany }
  readonly project: { readonly given: GivenProject; readonly companyId: string }
  readonly environment: {
    readonly given: GivenEnvironment
    readonly projectId: string
    readonly companyId: string
  }
  readonly role: { readonly given: GivenRole }
  readonly account: { readonly given: GivenAccount }
}

/** One record to be: where it stands in what was given, and what its id there is. */
export type Part = {
  [K in ImportedKind]: {
    readonly kind: K
    /** Such as `companies.0.projects.3`. */
    readonly at: string
    readonly id: string
    readonly name: string
  } & Contents[K]
}[ImportedKind]

function companyParts({ companies }: Given): readonly Part[] {
  return companies.map((given, place) => {
    const { companyId: id, name } = given
    return { kind: 'company', at: `companies.${place}`, id, name, given }
  })
}

function projectParts({ companies }: Given): readonly Part[] {
  return companies.flatMap(({ companyId, projects }, place) =>
    projects.map((given, below): Part => {
      const at = `companies.${place}.projects.${below}`
      return { kind: 'project', at, id: given.projectId, name: given.name, given, companyId }
    }),
  )
}

function environmentParts({ companies }: Given): readonly Part[] {
  return companies.flatMap(({ companyId, projects }, company) =>
    projects.flatMap(({ projectId, environments }, project) =>
      environments.map((given, place): Part => {
        const at = `companies.${company}.projects.${project}.environments.${place}`
        const id = `${projectId}:${given.envId}`
        return { kind: 'environment', at, id, name: given.label, given, projectId, companyId }
      }),
    ),
  )
}

function roleParts({ roles = [] }: Given): readonly Part[] {
  return roles.map((given, place) => {
    return { kind: 'role', at: `roles.${place}`, id: given.roleId, name: given.name, given }
  })
}

function accountParts({ accounts }: Given): readonly Part[] {
  return accounts.map((given, place) => {
    return { kind: 'account', at: `accounts.${place}`, id: given.clientId, name: given.name, given }
  })
}

/** All records to be, those first on which others rest. */
export function partsOf(given: Given): readonly Part[] {
  return [
    ...companyParts(given),
    ...projectParts(given),
    ...environmentParts(given),
    ...roleParts(given),
    ...accountParts(given),
  ]
}

/** An id that stands at two places: nobody could say which of them is meant. */
export interface Twice {
  readonly id: string
  readonly first: string
  readonly again: string
}

/** Client ids are named apart from all else; the log names every other record by its id alone. */
const spaceOf = ({ kind }: Part) => (kind === 'account' ? 'account' : 'place')

/** Every id that is given more than once. */
export function givenTwice(parts: readonly Part[]): readonly Twice[] {
  const seen = new Map<string, string>()
  return parts.flatMap((part) => {
    const key = `${spaceOf(part)} ${part.id}`
    const first = seen.get(key)
    if (first !== undefined) return [{ id: part.id, first, again: part.at }]
    seen.set(key, part.at)
    return []
  })
}
