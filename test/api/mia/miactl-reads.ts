/**
 * What miactl reads of an answer: as Go decodes JSON, a member may be missing, but one of another type
 * ends the command.
 */
export type Reads = 'text' | 'whole number' | 'flag' | 'time' | readonly [Reads] | ReadsMembers
interface ReadsMembers {
  readonly [member: string]: Reads
}

const environmentReads = {
  label: 'text',
  envId: 'text',
  cluster: { clusterId: 'text', namespace: 'text' },
  isProduction: 'flag',
} as const
const configurationManagement = { saveChangesRules: [{}] } as const
/** Of what miactl lists or makes. */
export const projectReads = {
  _id: 'text',
  name: 'text',
  configurationGitPath: 'text',
  environments: [environmentReads],
  projectId: 'text',
  pipelines: { type: 'text' },
  tenantId: 'text',
  configurationManagement,
} as const
/** Of what miactl lists or makes. */
export const companyReads = {
  _id: 'text',
  name: 'text',
  tenantId: 'text',
  pipelines: { type: 'text' },
  repository: { type: 'text' },
  configurationManagement,
} as const
/** Of what miactl lists or makes. */
export const madeReads = {
  clientId: 'text',
  clientSecret: 'text',
  clientIdIssuedAt: 'whole number',
  company: 'text',
} as const
/** Of what miactl lists or makes. */
export const accountReads = {
  clientId: 'text',
  name: 'text',
  authMethod: 'text',
  companyRoles: ['text'],
  lastLogin: 'time',
} as const

const roleOnProjectReads = {
  _id: 'text',
  roles: ['text'],
  environments: [{ envId: 'text', roles: ['text'] }],
} as const
/** Of what miactl lists or makes. */
export const identityReads = {
  identityId: 'text',
  name: 'text',
  identityType: 'text',
  companyRoles: ['text'],
  projects: [roleOnProjectReads],
} as const
/** Of what miactl lists or makes. */
export const userReads = {
  userId: 'text',
  email: 'text',
  fullname: 'text',
  name: 'text',
  companyRoles: ['text'],
  lastLogin: 'time',
  groups: [{ _id: 'text', name: 'text', role: 'text' }],
} as const
/** Of what miactl lists or makes. */
export const groupReads = {
  _id: 'text',
  name: 'text',
  role: 'text',
  roleId: 'text',
  members: [{ userId: 'text', name: 'text', email: 'text', lastLogin: 'time' }],
} as const

const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/

const kinds = {
  text: (value: unknown) => typeof value === 'string',
  flag: (value: unknown) => typeof value === 'boolean',
  'whole number': Number.isSafeInteger,
  time: (value: unknown) => value === '' || (typeof value === 'string' && rfc3339.test(value)),
} as const

function membersUnread(value: object, reads: ReadsMembers, at: string): readonly string[] {
  return Object.entries(reads).flatMap(([name, read]) => {
    return unread(Reflect.get(value, name), read, `${at}.${name}`)
  })
}

const isList = (reads: Reads): reads is readonly [Reads] => Array.isArray(reads)

/** Where Go would fail to decode an answer into what a command reads. */
export function unread(value: unknown, reads: Reads, at = 'body'): readonly string[] {
  if (value === undefined || value === null) return []
  if (typeof reads === 'string') return kinds[reads](value) ? [] : [`${at} is no ${reads}`]
  if (isList(reads)) {
    if (!Array.isArray(value)) return [`${at} is no list`]
    return value.flatMap((row, index) => unread(row, reads[0], `${at}[${index}]`))
  }
  return typeof value === 'object' ? membersUnread(value, reads, at) : [`${at} is no object`]
}
