import type { Command } from 'commander'
import { OstiaryError } from '../../sdk/failure.ts'
import type {
  AccessGrant,
  AccessHolder,
  AccessQuestion,
  AdminClient,
  ListFilter,
} from '../../sdk/index.ts'
import { exitCodes, UsageError } from '../failure.ts'
import { companyIdOf, environmentIdOf, projectIdOf } from '../named.ts'
import { everyPage, withOrder } from '../paging.ts'
import { keylessAdminOf, withLogin } from '../remote.ts'
import { isBuiltIn, type NameOfRole, roleNames, withRoleNames } from '../role-names.ts'
import type { Column } from '../table.ts'
import { fields, plain, print, printList } from '../terminal.ts'
import { endWith } from '../world.ts'

interface PlaceFlags {
  readonly company?: string
  readonly project?: string
  readonly environment?: string
}

/** What is asked about, as the API names it; undefined for the whole installation. */
async function resourceOf(
  admin: AdminClient,
  { company, project, environment }: PlaceFlags,
): Promise<string | undefined> {
  if (project === undefined) {
    if (environment !== undefined) throw new UsageError('--environment: give --project too')
    return company === undefined ? undefined : await companyIdOf(admin, company)
  }
  const projectId = await projectIdOf(admin, project, company)
  if (environment === undefined) return projectId
  return `${projectId}:${await environmentIdOf(admin, projectId, environment)}`
}

interface Flags extends PlaceFlags {
  readonly subject?: string
}

/** Who asks, and the question. */
async function asked(command: Command, permission: string, flags: Flags) {
  const admin = keylessAdminOf(command)
  const { subject } = flags
  const question: AccessQuestion = {
    subject,
    permission,
    resource: await resourceOf(admin, flags),
  }
  return { admin, question }
}

/** A refusal ends with another code, for scripts. */
function endBy(command: Command, isAllowed: boolean): void {
  if (!isAllowed) endWith(command, exitCodes.refused)
}

/** What cannot be asked is no answer, and ends with another code than a no. Fails with UsageError. */
async function answered<T>(question: Promise<T>): Promise<T> {
  try {
    return await question
  } catch (error) {
    if (error instanceof OstiaryError && error.status === 400) throw new UsageError(error.message)
    throw error
  }
}

async function check(permission: string, flags: Flags, command: Command): Promise<void> {
  const { admin, question } = await asked(command, permission, flags)
  const allowed = await answered(admin.access.check(question))
  print(command, { json: { allowed }, lines: [allowed ? 'allowed' : 'not allowed'] })
  endBy(command, allowed)
}

/** The role of a grant, if that is what it is by. */
const rolesIn = ({ grant: { role } }: { readonly grant: AccessGrant }) =>
  role === undefined ? [] : [role]

/** The company of a resource that was named; empty where it is of none. */
async function companyOf(admin: AdminClient, { project }: PlaceFlags, resource = '') {
  const [id = ''] = resource.split(':')
  return project === undefined ? id : (await admin.projects.read(id)).companyId
}

const placeWords = ({ level, resource }: { level: string; resource: string }) =>
  resource === '' ? level : `${level} ${resource}`

function grantWords(grant: AccessGrant, nameOf: NameOfRole): string {
  const held = grant.role === undefined ? 'the permission itself' : `the role ${nameOf(grant.role)}`
  const by = grant.group === undefined ? '' : `, by the group ${grant.group}`
  return `${held} on the ${placeWords(grant)}${by}`
}

type Why = Awaited<ReturnType<AdminClient['access']['explain']>>['why']

function whyLines(why: Why, nameOf: NameOfRole): readonly string[] {
  if ('grant' in why) return fields({ allowed: 'yes', by: grantWords(why.grant, nameOf) })
  const { tried, wouldSuffice: least, inactive } = why
  const shown = fields({
    allowed: 'no',
    'would do': least && `the role ${least.role} on the ${placeWords(least)}`,
    inactive: inactive === true ? 'they may not log in' : undefined,
  })
  const looked = tried.map((one) => `  ${one.permission} on the ${placeWords(one)}`)
  return [...shown, 'looked for, in vain:', ...looked]
}

async function explain(permission: string, flags: Flags, command: Command): Promise<void> {
  const { admin, question } = await asked(command, permission, flags)
  const explained = await answered(admin.access.explain(question))
  const { why } = explained
  const held = 'grant' in why ? rolesIn(why) : []
  const companyId = held.every(isBuiltIn) ? '' : await companyOf(admin, flags, question.resource)
  const nameOf = await roleNames(admin, companyId, held)
  print(command, { json: explained, lines: whyLines(why, nameOf) })
  endBy(command, explained.allowed)
}

const columns: readonly Column[] = [
  { title: 'ID' },
  { title: 'NAME', least: 12 },
  // The id tells it too.
  { title: 'TYPE', isExtra: true },
  { title: 'BY', least: 24 },
]

function row({ identityId, name, identityType, grant }: AccessHolder, nameOf: NameOfRole) {
  const by = grant.role === undefined ? grant.kind : nameOf(grant.role)
  return [identityId, plain(name), identityType, `${by} on ${grant.level}`]
}

type WhoFlags = PlaceFlags & ListFilter

async function who(permission: string, flags: WhoFlags, command: Command): Promise<void> {
  const { sort = 'createdAt', search } = flags
  const admin = keylessAdminOf(command)
  const resource = await resourceOf(admin, flags)
  const every = everyPage((where) =>
    answered(admin.access.holders({ permission, resource, sort, search, ...where })),
  )
  const companyId = await companyOf(admin, flags, resource)
  const { pages, nameOf } = withRoleNames({ admin, companyId, of: rolesIn }, every)
  const inRow = (holder: AccessHolder) => row(holder, nameOf)
  await printList(command, { pages, columns, row: inRow, none: 'nobody' })
}

function onPlace(command: Command): Command {
  return withLogin(command)
    .option('--company <company>', 'on this company')
    .option('--project <project>', 'on this project')
    .option('--environment <environment>', 'on this environment of the project')
}

/** Adds the verbs that tell who may do what. */
export function accessCommand(program: Command): void {
  const access = program.command('access').description('who may do what, and why')
  const ofSomebody = (verb: string) =>
    onPlace(access.command(`${verb} <permission>`)).option(
      '--subject <id>',
      'a client id, or the id of a person or group; you when absent',
    )
  ofSomebody('check')
    .description('whether somebody may do something; 1 when they may not')
    .action(check)
  ofSomebody('explain')
    .description('why, or what would be enough; 1 when they may not')
    .action(explain)
  withOrder(onPlace(access.command('who <permission>')))
    .description('everybody who may')
    .action(who)
}
