import type { AccessExplained, AccessHolder } from './access.ts'
import type { Attention } from './attention.ts'
import type { Client, CreatedClient } from './clients.ts'
import type { CompanyAccount, CreatedCompanyAccount, RolesUpdated } from './company-accounts.ts'
import type { CompanyAuditEntry } from './company-audit.ts'
import { OstiaryError } from './failure.ts'
import type { TrustedIssuer } from './issuers.ts'
import type {
  AddedCredential,
  AuditEntry,
  ClientKey,
  CreatedAccount,
  CreatedClientKey,
  Credential,
  PepperStatus,
  Rotated,
  ServiceAccount,
} from './management.ts'
import type { CompanyUser, Group } from './members.ts'
import type { Identity, Me, User } from './people.ts'
import type { IssuedProjectToken, ProjectToken, RegeneratedProjectToken } from './project-tokens.ts'
import type { CustomRole, PermissionMeaning, Role } from './roles.ts'
import type { Received } from './send.ts'
import type { Company, Environment, Project } from './tree.ts'
import { membersOf } from './words.ts'

/** Some of a list, and how many there are in all. */
export interface Page<T> {
  readonly items: readonly T[]
  /** Undefined when the server does not count so many: a filter of the audit log beyond 10,000. */
  readonly total: number | undefined
  /** The cursor of the next page; undefined on the last one, and where `page` was given. */
  readonly next: string | undefined
  /** Of all that it shows, for `ifNoneMatch`. */
  readonly etag?: string
}

/** A type as the server answers it, known by members that it must have. */
export type Kind<T> = (value: unknown) => value is T

/** What the server answers is its own, as docs/api.md describes it: a few texts tell one kind by. */
function kind<T>(...texts: readonly (keyof T & string)[]): Kind<T> {
  return (value): value is T => {
    const members = membersOf(value)
    return texts.every((name) => typeof members[name] === 'string')
  }
}

/** An answer that says whether something is allowed. */
function decides<T extends { readonly allowed: boolean }>(): Kind<T> {
  return (value): value is T => typeof membersOf(value)['allowed'] === 'boolean'
}

const isAttention: Kind<Attention> = (value): value is Attention =>
  Array.isArray(membersOf(membersOf(value)['expiring'])['first'])

/** How each answer is known. */
export const kinds = {
  attention: isAttention,
  client: kind<Client>('clientId', '__STATE__'),
  createdClient: kind<CreatedClient>('client_id'),
  account: kind<ServiceAccount>('clientId', 'name', 'state'),
  created: kind<CreatedAccount>('clientId'),
  credential: kind<Credential>('id', 'type', 'state'),
  added: kind<AddedCredential>('id'),
  rotated: kind<Rotated>('id', 'clientSecret'),
  clientKey: kind<ClientKey>('id', 'name', 'state'),
  createdKey: kind<CreatedClientKey>('id', 'clientKey'),
  pepper: kind<PepperStatus>('id', 'state'),
  entry: kind<AuditEntry>('id', 'action', 'hash'),
  company: kind<Company>('companyId', 'name', 'state'),
  project: kind<Project>('projectId', 'companyId', 'name'),
  environment: kind<Environment>('envId', 'projectId', 'namespace'),
  companyAccount: kind<CompanyAccount>('clientId', 'name', 'authMethod'),
  createdCompanyAccount: kind<CreatedCompanyAccount>('clientId', 'company'),
  decision: decides<{ readonly allowed: boolean }>(),
  explained: decides<AccessExplained>(),
  holder: kind<AccessHolder>('identityId', 'identityType'),
  companyEntry: kind<CompanyAuditEntry>('id', 'date', 'action'),
  role: kind<Role>('roleId', 'name'),
  customRole: kind<CustomRole>('roleId', 'companyId'),
  permission: kind<PermissionMeaning>('permission', 'level'),
  identity: kind<Identity>('identityId', 'identityType'),
  companyUser: kind<CompanyUser>('userId', 'state'),
  group: kind<Group>('groupId', 'name'),
  issuer: kind<TrustedIssuer>('id', 'issuer', 'state'),
  user: kind<User>('userId', 'state'),
  me: kind<Me>('kind', 'id'),
  updated: kind<RolesUpdated>('message'),
  projectToken: kind<ProjectToken>('id', 'name', 'expiresAt', 'state'),
  issuedToken: kind<IssuedProjectToken>('id', 'token', 'expiresAt'),
  regeneratedToken: kind<RegeneratedProjectToken>('id', 'token', 'previousExpiresAt'),
} as const

/** The failure of an answer that is none of the API. */
export function unexpected(status: number): OstiaryError {
  const message = 'the answer is not what the management API answers: is it an Ostiary server?'
  return new OstiaryError('unexpected_answer', message, { status })
}

/** The one record that was answered. */
export function oneOf<T>({ status, body }: Received, is: Kind<T>): T {
  if (is(body)) return body
  throw unexpected(status)
}

/** What the link to the next page (RFC 8288) goes on from. */
function nextCursor(link: string): string | undefined {
  const [, target] = /<([^>]*)>; rel="next"/.exec(link) ?? []
  return new URLSearchParams(target?.split('?')[1]).get('cursor') ?? undefined
}

/** The page of a list that was answered. */
export function pageOf<T>({ status, headers, body }: Received, is: Kind<T>): Page<T> {
  if (!Array.isArray(body) || !body.every((item) => is(item))) throw unexpected(status)
  const total = headers.get('x-total-count')
  const etag = headers.get('etag')
  return {
    items: body,
    total: total === null ? undefined : Number(total),
    next: nextCursor(headers.get('link') ?? ''),
    ...(etag !== null && { etag }),
  }
}
