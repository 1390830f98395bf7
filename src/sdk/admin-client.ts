import { kinds, oneOf, type Page, pageOf } from './answers.ts'
import {
  type AdminClientOptions,
  type Caller,
  type Change,
  callerOf,
  type Tagged,
  tagged,
} from './calls.ts'
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
  PepperStatus,
  Rotated,
  Rotation,
  ServiceAccount,
  ServiceAccountPatch,
} from './management.ts'
import type { CallOptions } from './waiting.ts'

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
  readonly createAccount: (
    input: NewServiceAccount,
    options?: CallOptions,
  ) => Promise<CreatedAccount>
  readonly accounts: (
    filter?: AccountsFilter & CursorOptions & CallOptions,
  ) => Promise<Page<ServiceAccount>>
  readonly account: (clientId: string, options?: CallOptions) => Promise<Tagged<ServiceAccount>>
  readonly updateAccount: Change<
    [clientId: string, patch: ServiceAccountPatch],
    Tagged<ServiceAccount>
  >
  readonly deleteAccount: Change<[clientId: string], void>
  readonly revokeTokens: Change<[clientId: string], void>
  readonly credentials: (clientId: string, options?: CallOptions) => Promise<readonly Credential[]>
  readonly addCredential: Change<[clientId: string, input: NewCredential], AddedCredential>
  readonly deleteCredential: Change<[clientId: string, id: string], void>
  readonly rotate: Change<[clientId: string, rotation: Rotation], Rotated>
  readonly createClientKey: (
    input: NewClientKey,
    options?: CallOptions,
  ) => Promise<CreatedClientKey>
  readonly clientKeys: (options?: CallOptions) => Promise<readonly ClientKey[]>
  readonly clientKey: (id: string, options?: CallOptions) => Promise<Tagged<ClientKey>>
  readonly updateClientKey: Change<[id: string, patch: ClientKeyPatch], Tagged<ClientKey>>
  readonly deleteClientKey: Change<[id: string], void>
  readonly peppers: (options?: CallOptions) => Promise<readonly PepperStatus[]>
  readonly audit: (filter?: AuditFilter & CursorOptions & CallOptions) => Promise<Page<AuditEntry>>
}

function query(values: Readonly<Record<string, string | number | undefined>>): string {
  const given = new URLSearchParams()
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined) given.set(name, String(value))
  }
  return given.size === 0 ? '' : `?${given}`
}

const root = '/api/service-accounts'
const pathOf = (clientId: string, rest = '') => `${root}/${encodeURIComponent(clientId)}${rest}`

type Credentials = 'credentials' | 'addCredential' | 'deleteCredential' | 'rotate'

function credentialsOf(call: Caller): Pick<AdminClient, Credentials> {
  const list = '/credentials'
  return {
    credentials: async (clientId, options) =>
      pageOf(await call('GET', pathOf(clientId, list), options), kinds.credential).items,
    addCredential: async (clientId, body, options) =>
      oneOf(await call('POST', pathOf(clientId, list), { ...options, body }), kinds.added),
    deleteCredential: async (clientId, id, options) => {
      await call('DELETE', pathOf(clientId, `${list}/${encodeURIComponent(id)}`), options)
    },
    rotate: async (clientId, body, options) =>
      oneOf(await call('POST', pathOf(clientId, '/rotate'), { ...options, body }), kinds.rotated),
  }
}

const keysRoot = '/api/client-keys'
const keyPath = (id: string) => `${keysRoot}/${encodeURIComponent(id)}`

type ClientKeys = `${string}lientKey${string}` & keyof AdminClient

function clientKeysOf(call: Caller): Pick<AdminClient, ClientKeys> {
  return {
    createClientKey: async (body, options) =>
      oneOf(await call('POST', keysRoot, { ...options, body }), kinds.createdKey),
    clientKeys: async (options) =>
      pageOf(await call('GET', keysRoot, options), kinds.clientKey).items,
    clientKey: async (id, options) =>
      tagged(await call('GET', keyPath(id), options), kinds.clientKey),
    updateClientKey: async (id, body, options) =>
      tagged(await call('PATCH', keyPath(id), { ...options, body }), kinds.clientKey),
    deleteClientKey: async (id, options) => {
      await call('DELETE', keyPath(id), options)
    },
  }
}

/** A client of the management API. */
export function adminClient(options: AdminClientOptions): AdminClient {
  const call = callerOf(options)
  return {
    createAccount: async (body, given) =>
      oneOf(await call('POST', root, { ...given, body }), kinds.created),
    accounts: async ({ search: q, perPage, signal, ...rest } = {}) => {
      const path = `${root}${query({ ...rest, q, per_page: perPage })}`
      return pageOf(await call('GET', path, { signal }), kinds.account)
    },
    account: async (clientId, given) =>
      tagged(await call('GET', pathOf(clientId), given), kinds.account),
    updateAccount: async (clientId, body, given) =>
      tagged(await call('PATCH', pathOf(clientId), { ...given, body }), kinds.account),
    deleteAccount: async (clientId, given) => {
      await call('DELETE', pathOf(clientId), given)
    },
    revokeTokens: async (clientId, given) => {
      await call('POST', pathOf(clientId, '/revoke-tokens'), given)
    },
    ...credentialsOf(call),
    ...clientKeysOf(call),
    peppers: async (given) => pageOf(await call('GET', '/api/peppers', given), kinds.pepper).items,
    audit: async ({ page, perPage, signal, ...filter } = {}) => {
      const path = `/api/audit${query({ ...filter, page, per_page: perPage })}`
      return pageOf(await call('GET', path, { signal }), kinds.entry)
    },
  }
}
