import type {
  AccountsFilter,
  AddedCredential,
  AuditEntry,
  AuditFilter,
  ClientKey,
  ClientKeyPatch,
  CreatedAccount,
  CreatedClientKey,
  Credential,
  NewClientKey,
  NewCredential,
  NewServiceAccount,
  Rotated,
  Rotation,
  ServiceAccount,
  ServiceAccountPatch,
} from './management.ts'
import { membersOf, type Received, send } from './send.ts'
import type { TokenSource } from './token-source.ts'

/** Where the management API is, and who calls it. */
export interface AdminClientOptions {
  /** Where the server is: its issuer identifier. */
  readonly url: string
  readonly token: TokenSource
  /** The key of the calling application, for the header Client-key. */
  readonly clientKey?: string | undefined
}

/** Some of a list, and how many there are in all. */
export interface Page<T> {
  readonly items: readonly T[]
  /** Undefined when the server does not count so many: a filter of the audit log beyond 10,000. */
  readonly total: number | undefined
  /** The cursor of the next page; undefined on the last one, and where pages go by number. */
  readonly next: string | undefined
}

/** Which page of a list is asked for. */
export interface PageOptions {
  /** From 1. */
  readonly page?: number | undefined
  /** 1 to 200. */
  readonly perPage?: number | undefined
}

/** Which page of a list is asked for, where a page may also be named by what came before it. */
export interface CursorOptions extends PageOptions {
  /** `next` of the page before, in place of `page`: it stays right while the list grows. */
  readonly cursor?: string | undefined
}

/** The management API, call by call. Every method fails with OstiaryError. */
export interface AdminClient {
  readonly createAccount: (input: NewServiceAccount) => Promise<CreatedAccount>
  readonly accounts: (filter?: AccountsFilter & CursorOptions) => Promise<Page<ServiceAccount>>
  readonly account: (clientId: string) => Promise<ServiceAccount>
  readonly updateAccount: (clientId: string, patch: ServiceAccountPatch) => Promise<ServiceAccount>
  readonly deleteAccount: (clientId: string) => Promise<void>
  readonly revokeTokens: (clientId: string) => Promise<void>
  readonly credentials: (clientId: string) => Promise<readonly Credential[]>
  readonly addCredential: (clientId: string, input: NewCredential) => Promise<AddedCredential>
  readonly deleteCredential: (clientId: string, id: string) => Promise<void>
  readonly rotate: (clientId: string, rotation: Rotation) => Promise<Rotated>
  readonly createClientKey: (input: NewClientKey) => Promise<CreatedClientKey>
  readonly clientKeys: () => Promise<readonly ClientKey[]>
  readonly clientKey: (id: string) => Promise<ClientKey>
  readonly updateClientKey: (id: string, patch: ClientKeyPatch) => Promise<ClientKey>
  readonly deleteClientKey: (id: string) => Promise<void>
  readonly audit: (filter?: AuditFilter & CursorOptions) => Promise<Page<AuditEntry>>
}

type Call = (method: string, path: string, body?: object) => Promise<Received>

function caller({ url, token, clientKey }: AdminClientOptions): Call {
  const base = url.replace(/\/$/, '')
  return async (method, path, body) => {
    const { value } = await token()
    return await send(new URL(`${base}${path}`), {
      method,
      headers: {
        authorization: `Bearer ${value}`,
        ...(clientKey !== undefined && { 'client-key': clientKey }),
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    })
  }
}

function query(values: Readonly<Record<string, string | number | undefined>>): string {
  const given = new URLSearchParams()
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined) given.set(name, String(value))
  }
  return given.size === 0 ? '' : `?${given}`
}

/** What the link to the next page (RFC 8288) goes on from. */
function nextCursor(link: string): string | undefined {
  const [, target] = /<([^>]*)>; rel="next"/.exec(link) ?? []
  return new URLSearchParams(target?.split('?')[1]).get('cursor') ?? undefined
}

function pageOf<T>({ body, headers }: Received): Page<T> {
  const items: T[] = Array.isArray(body) ? body : []
  const total = headers.get('x-total-count')
  return {
    items,
    total: total === null ? undefined : Number(total),
    next: nextCursor(headers.get('link') ?? ''),
  }
}

const root = '/api/service-accounts'
const keysRoot = '/api/client-keys'
const keyPath = (id: string) => `${keysRoot}/${encodeURIComponent(id)}`
const pathOf = (clientId: string, rest = '') => `${root}/${encodeURIComponent(clientId)}${rest}`

// The answers are the server's own, and typed as docs/api.md describes them.
// biome-ignore lint/suspicious/noExplicitAny: one place where an answer takes its type
const answer = async (call: Promise<Received>): Promise<any> => membersOf((await call).body)
const nothing = async (call: Promise<Received>): Promise<void> => void (await call)

/** A client of the management API. */
export function adminClient(options: AdminClientOptions): AdminClient {
  const call = caller(options)
  return {
    createAccount: (input) => answer(call('POST', root, input)),
    accounts: async ({ search: q, perPage, ...rest } = {}) =>
      pageOf(await call('GET', `${root}${query({ ...rest, q, per_page: perPage })}`)),
    account: (clientId) => answer(call('GET', pathOf(clientId))),
    updateAccount: (clientId, patch) => answer(call('PATCH', pathOf(clientId), patch)),
    deleteAccount: (clientId) => nothing(call('DELETE', pathOf(clientId))),
    revokeTokens: (clientId) => nothing(call('POST', pathOf(clientId, '/revoke-tokens'))),
    credentials: async (clientId) => {
      const { items } = pageOf<Credential>(await call('GET', pathOf(clientId, '/credentials')))
      return items
    },
    addCredential: (clientId, input) =>
      answer(call('POST', pathOf(clientId, '/credentials'), input)),
    deleteCredential: (clientId, id) =>
      nothing(call('DELETE', pathOf(clientId, `/credentials/${encodeURIComponent(id)}`))),
    rotate: (clientId, rotation) => answer(call('POST', pathOf(clientId, '/rotate'), rotation)),
    createClientKey: (input) => answer(call('POST', keysRoot, input)),
    clientKeys: async () => pageOf<ClientKey>(await call('GET', keysRoot)).items,
    clientKey: (id) => answer(call('GET', keyPath(id))),
    updateClientKey: (id, patch) => answer(call('PATCH', keyPath(id), patch)),
    deleteClientKey: (id) => nothing(call('DELETE', keyPath(id))),
    audit: async ({ page, perPage, ...filter } = {}) =>
      pageOf(await call('GET', `/api/audit${query({ ...filter, page, per_page: perPage })}`)),
  }
}
