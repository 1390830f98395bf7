import type { AdminClient, CompanyClient, Groups, Issuers } from '../sdk/index.ts'
import { UnknownName, UsageError } from './failure.ts'
import { everyPage } from './paging.ts'

/** What somebody may be meant by. */
interface Named {
  readonly id: string
  readonly name: string
  /** Unique among those beside it. */
  readonly slug?: string | undefined
}

/** How a place is named in an option or an argument; help and the guide say it in these words. */
export const byIdSlugOrName = 'its id, slug or name'

/** An identifier of ours, which nobody has to look up. */
const idForm = /^[a-z]+_[0-9a-z]{9}[0-9a-f]{20}$/

/** Which of several is meant: by its id, else its slug, else its name where no other has it. */
function meant(what: string, given: string, all: readonly Named[]): string {
  const is = (key: keyof Named) => all.filter((one) => one[key] === given)
  const [first, ...others] =
    [is('id'), is('slug'), is('name')].find(({ length }) => length > 0) ?? []
  const quoted = JSON.stringify(given)
  if (first === undefined)
    throw new UnknownName(`none of the ${what} that you may see is ${quoted}`)
  if (others.length === 0) return first.id
  const ids = [first, ...others].map(({ id }) => id).join(', ')
  throw new UsageError(`several ${what} are called ${quoted}; give an id: ${ids}`)
}

async function look(what: string, given: string, read: () => Promise<readonly Named[]>) {
  return idForm.test(given) ? given : meant(what, given, await read())
}

/** The id of a company that was named. Fails with UsageError when several have the name. */
export async function companyIdOf(admin: AdminClient, given: string): Promise<string> {
  return await look('companies', given, async () => {
    const { items } = await admin.companies.list()
    return items.map(({ companyId: id, name, slug }) => ({ id, name, slug }))
  })
}

/** The id of a project that was named, of a company where one was named too. */
export async function projectIdOf(
  admin: AdminClient,
  given: string,
  company?: string,
): Promise<string> {
  return await look('projects', given, async () => {
    const companyIds = company === undefined ? [] : [await companyIdOf(admin, company)]
    const { items } = await admin.projects.list({ companyIds })
    return items.map(({ projectId: id, name, slug }) => ({ id, name, slug }))
  })
}

/** The id of an environment of a project that was named. */
export async function environmentIdOf(
  admin: AdminClient,
  projectId: string,
  given: string,
): Promise<string> {
  return await look('environments', given, async () => {
    const { items } = await admin.environments.list(projectId)
    return items.map(({ envId: id, name, slug }) => ({ id, name, slug }))
  })
}

/** The id of a role that was named, among some. */
export function roleIdOf(
  roles: readonly { readonly roleId: string; readonly name: string }[],
  given: string,
): string {
  return meant(
    'roles',
    given,
    roles.map(({ roleId: id, name }) => ({ id, name })),
  )
}

/** The id of a group of a company that was named. */
export async function groupIdOf(groups: Groups, given: string): Promise<string> {
  return await look('groups', given, async () => {
    const { items } = await groups.list({ search: given })
    return items.map(({ groupId: id, name }) => ({ id, name }))
  })
}

/** The id of a person of a company who was named by it, or by a mail address. */
export async function userIdOf(users: CompanyClient['users'], given: string): Promise<string> {
  if (!given.includes('@')) return given
  const found: Named[] = []
  for await (const some of everyPage((where) => users.list({ sort: 'createdAt', ...where }))) {
    const theirs = some.filter(({ email }) => email.toLowerCase() === given.toLowerCase())
    found.push(...theirs.map(({ userId: id }) => ({ id, name: given })))
  }
  return meant('people', given, found)
}

/** The id of a trusted issuer that was named. */
export async function issuerIdOf(issuers: Issuers, given: string): Promise<string> {
  return await look('issuers', given, () => issuers.list())
}
