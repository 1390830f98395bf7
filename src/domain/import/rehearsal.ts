import { companyPlace } from '../access/places.ts'
import type { Company } from '../companies/company.ts'
import type { Context } from '../context.ts'
import type { Environment } from '../environments/environment.ts'
import type { Known } from '../known.ts'
import { Problem } from '../problem.ts'
import type { Project } from '../projects/project.ts'
import type { RecordKind } from '../record-kind.ts'
import { type Records, recordKinds } from '../records.ts'
import type { CustomRole } from '../roles/custom-role.ts'
import type { Ground } from './ground.ts'
import type { ImportedKind } from './parts.ts'

/** What a rehearsal has made so far, as far as anything rests on it. */
class Made {
  readonly companies = new Map<string, Company>()
  readonly projects = new Map<string, Project>()
  readonly environments = new Map<string, Environment>()
  readonly roles = new Map<string, CustomRole>()
  readonly rolesIn = new Map<string, CustomRole[]>()

  readonly #keepers: { readonly [K in ImportedKind]: (record: Records[K]) => void } = {
    company: (company) => this.companies.set(company.id, company),
    project: (project) => this.projects.set(project.id, project),
    environment: (one) => this.environments.set(`${one.project}:${one.envId}`, one),
    role: (role) => {
      const place = companyPlace(role.company)
      this.roles.set(role.id, role)
      this.rolesIn.set(place, [...(this.rolesIn.get(place) ?? []), role])
    },
    account: () => {},
  }

  keep<K extends ImportedKind>(kind: K, record: Records[K]): void {
    const keeper: (given: Records[K]) => void = this.#keepers[kind]
    keeper(record)
  }
}

function knownWith(known: Known, made: Made): Ground['known'] {
  return {
    companies: { get: (id) => made.companies.get(id) ?? known.companies.get(id) },
    projects: { get: (id) => made.projects.get(id) ?? known.projects.get(id) },
    environmentAt: (projectId, envId) =>
      made.environments.get(`${projectId}:${envId}`) ?? known.environmentAt(projectId, envId),
    roles: {
      get: (id) => made.roles.get(id) ?? known.roles.get(id),
      in: (place) => [...known.roles.in(place), ...(made.rolesIn.get(place) ?? [])],
    },
  }
}

/** The ground of an import that only says what it would do: what it makes is forgotten with it. */
export function rehearsalGround(ctx: Context): Ground {
  const made = new Made()
  const taken = new Set<string>()
  return {
    ctx,
    known: knownWith(ctx.known, made),
    async write(kind, { record }) {
      const own: string[] = []
      for (const [key, value] of keysOf(kind, record)) {
        const mark = `${kind}\u0000${key}\u0000${value}`
        if (taken.has(mark) || (await ctx.store.find(kind, key, value))) {
          throw new Problem('name.taken', { key })
        }
        own.push(mark)
      }
      for (const mark of own) taken.add(mark)
      made.keep(kind, record)
    },
  }
}

/** What no other record of the kind may have: as the stores hold it. */
function keysOf<K extends ImportedKind>(
  kind: K,
  record: Records[K],
): readonly (readonly [string, string])[] {
  const row: RecordKind<Records[K]> = recordKinds[kind]
  return Object.entries(row.unique).flatMap(([key, keyOf]) => {
    const value = keyOf(record)
    return value === undefined ? [] : [[key, value] as const]
  })
}
