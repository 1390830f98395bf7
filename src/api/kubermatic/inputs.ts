import type { Static } from 'typebox'
import type { ProjectAccountInput } from '../../domain/accounts/of-project.ts'
import { Problem } from '../../domain/problem.ts'
import type { OwnProject } from '../../domain/projects/make.ts'
import type { NewMember } from '../../domain/projects/members.ts'
import type {
  AddMember,
  AddToken,
  CreateAccount,
  CreateProject,
  RegenerateToken,
  RenameToken,
  UpdateAccount,
  UpdateMember,
  UpdateProject,
} from './schemas.ts'

const longestName = 128
const longestTokenName = 63

/** A fault of a body, in the words of this dialect. */
function invalid(field: string, said: string): Problem {
  return new Problem('request.invalid', { field, said })
}

const trimmed = (given: string | null | undefined) => (given ?? '').normalize('NFC').trim()

/** What something shall be called. Fails with `request.invalid`. */
function nameIn(
  given: string | null | undefined,
  { ifEmpty, most = longestName }: { readonly ifEmpty: string; readonly most?: number },
): string {
  const name = trimmed(given)
  if (name === '') throw invalid('name', ifEmpty)
  if ([...name].length > most) throw invalid('name', `the name is too long, max ${most} chars`)
  return name
}

/** What a project shall be called. Fails with `request.invalid`. */
export function projectName({ name }: Static<typeof UpdateProject>): string {
  return nameIn(name, { ifEmpty: 'the name of the project cannot be empty' })
}

/** A project to be made, as the domain takes it. Fails with `request.invalid`. */
export function projectInput(given: Static<typeof CreateProject>): OwnProject {
  const company = trimmed(given.company)
  return {
    name: projectName(given),
    owners: given.users ?? [],
    ...(company !== '' && { company }),
  }
}

/** A service account to be made, as the domain takes it. Fails with `request.invalid`. */
export function accountInput(given: Static<typeof CreateAccount>): ProjectAccountInput {
  const ifEmpty = 'the name, project ID and group cannot be empty'
  const name = nameIn(given.name, { ifEmpty })
  const group = trimmed(given.group)
  if (group === '') throw invalid('group', ifEmpty)
  return { name, group }
}

/** A service account as it shall be, as the domain takes it. Fails with `request.invalid`. */
export function accountChange(
  clientId: string,
  given: Static<typeof UpdateAccount>,
): ProjectAccountInput {
  const input = accountInput(given)
  const id = given.id ?? ''
  if (id === clientId) return input
  const said = `service account ID mismatch, you requested to update ServiceAccount "${clientId}" but body contains ServiceAccount "${id}"`
  throw invalid('id', said)
}

/** What a token to be made shall be called. Fails with `request.invalid`. */
export function tokenName({ name }: Static<typeof AddToken>): string {
  const ifEmpty = 'the name, service account ID and project ID cannot be empty'
  return nameIn(name, { ifEmpty, most: longestTokenName })
}

/** What a token shall be called from now on. Fails with `request.invalid`. */
export function newTokenName({ name }: Static<typeof RenameToken>): string {
  return nameIn(name, { ifEmpty: 'new name can not be empty', most: longestTokenName })
}

/** The same of one that gets a new value. Fails with `request.invalid`. */
export function regeneratedName(tokenId: string, given: Static<typeof RegenerateToken>): string {
  const name = newTokenName(given)
  const id = given.id ?? ''
  if (id === tokenId) return name
  const said = `token ID mismatch, you requested to update token "${tokenId}" but body contains token "${id}"`
  throw invalid('id', said)
}

function groupIn(projectId: string, { projects }: Static<typeof AddMember>): string {
  const [only] = projects ?? []
  if (!only || projects?.length !== 1) {
    const said = `expected exactly one entry in "Projects" field, but received ${projects?.length ?? 0}`
    throw invalid('projects', said)
  }
  const { id, group } = only
  if (!id || !group) {
    const said = 'both the project name and the group name fields are required'
    throw invalid('projects', said)
  }
  if (id === projectId) return group
  throw invalid('projects', `you can only assign the user to ${projectId} project`)
}

const mail = /^[^\s@\p{C}]+@[^\s@\p{C}]+$/u

function emailIn({ email }: Static<typeof AddMember>): string {
  const given = (email ?? '').trim()
  if (given === '') throw invalid('email', 'the email address cannot be empty')
  if (mail.test(given) && given.length <= 254) return given
  throw invalid('email', 'incorrect email format')
}

/** A person to be added, as the domain takes it. Fails with `request.invalid`. */
export function memberInput(projectId: string, given: Static<typeof AddMember>): NewMember {
  return { email: emailIn(given), group: groupIn(projectId, given) }
}

/** The group that a person shall be in. Fails with `request.invalid`. */
export function memberChange(
  { projectId, userId }: { readonly projectId: string; readonly userId: string },
  given: Static<typeof UpdateMember>,
): string {
  const group = groupIn(projectId, given)
  const id = given.id ?? ''
  if (id === userId) return group
  const said = `userID mismatch, you requested to update user = ${userId} but body contains user = ${id}`
  throw invalid('id', said)
}
