import { builtInRoles } from '../domain/access/roles.ts'
import { type AdminClient, OstiaryError } from '../sdk/index.ts'
import { plain } from './terminal.ts'

const builtIn: ReadonlySet<string> = new Set(builtInRoles.map(({ id }) => id))

/** Whether a role is one of the six, whose id is what it is called. */
export function isBuiltIn(role: string): boolean {
  return builtIn.has(role)
}

/** What a role is called, to be printed. */
export type NameOfRole = (role: string) => string

/** The roles that a company made for itself, by their ids; none where they may not be seen. */
async function ownRoles(admin: AdminClient, companyId: string) {
  try {
    const roles = await admin.company(companyId).roles.list()
    return new Map(roles.map(({ roleId, name }) => [roleId, name]))
  } catch (error) {
    if (error instanceof OstiaryError && [403, 404].includes(error.status)) return new Map()
    throw error
  }
}

/** What these roles of a company are called; its own are looked for when one of them is held. */
export async function roleNames(
  admin: AdminClient,
  companyId: string,
  held: readonly string[],
): Promise<NameOfRole> {
  if (held.every(isBuiltIn)) return (role) => role
  const names: ReadonlyMap<string, string> = await ownRoles(admin, companyId)
  return (role) => plain(names.get(role) ?? role)
}

/** Pages of those who hold roles, and what the roles of the last page that came are called. */
export interface NamedPages<T> {
  readonly pages: AsyncIterable<readonly T[]>
  readonly nameOf: NameOfRole
}

/** Learns with each page what the roles on it are called, before it is printed. */
export function withRoleNames<T>(
  roles: {
    readonly admin: AdminClient
    readonly companyId: string
    readonly of: (item: T) => readonly string[]
  },
  pages: AsyncIterable<readonly T[]>,
): NamedPages<T> {
  const { admin, companyId, of } = roles
  let name: NameOfRole | undefined
  async function* named() {
    for await (const items of pages) {
      const isNew = items.flatMap(of).some((role) => !isBuiltIn(role))
      if (isNew) name ??= await roleNames(admin, companyId, items.flatMap(of))
      yield items
    }
  }
  return { pages: named(), nameOf: (role) => name?.(role) ?? role }
}
