import { type KeyObject, randomUUID } from 'node:crypto'
import { SignJWT } from 'jose'
import type { Answer, Credentials, TestServer } from '../../support/server.ts'
import {
  accountReads,
  companyReads,
  groupReads,
  identityReads,
  madeReads,
  projectReads,
  type Reads,
  userReads,
} from './miactl-reads.ts'

/** One request of miactl, as its sources make it. Every one has the headers of `send`. */
export interface Command {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly body?: object
  /** What it reads of the answer; absent: only whether it failed. */
  readonly reads?: Reads
}

const people = (company: string, noun: 'users' | 'groups') => `/api/companies/${company}/${noun}`
const accounts = (company: string) => `/api/companies/${company}/service-accounts`
const edit = (path: string, body: object): Command => ({ method: 'PATCH', path, body })
const list = (path: string, reads: Reads): Command => ({
  method: 'GET',
  path,
  reads: [reads] as const,
})

/** A role to be set below a company, as `project iam edit` and `remove-role` write it. */
interface RoleBelow {
  readonly projectId: string
  readonly role?: string
  readonly environment?: { readonly envId: string; readonly role: string }
}

function below({ projectId, role, environment }: RoleBelow) {
  return {
    projectsRole: [
      {
        projectId,
        ...(role !== undefined && { role }),
        ...(environment && { environmentsRole: [environment] }),
      },
    ],
  }
}

/** The commands of miactl, each with the one request that it makes. */
export const miactl = {
  'company list': () => list('/api/backend/tenants/', companyReads),
  'company rules list': (company: string) =>
    list(`/api/backend/tenants/?search=${company}`, companyReads),
  'project list': (company: string) =>
    list(`/api/backend/projects/?tenantIds=${company}`, projectReads),
  'runtime environment list': (project: string): Command => ({
    method: 'GET',
    path: `/api/backend/projects/${project}`,
    reads: projectReads,
  }),
  'company iam add serviceaccount basic': (
    company: string,
    name: string,
    role: string,
  ): Command => ({
    method: 'POST',
    path: accounts(company),
    body: { name, tokenEndpointAuthMethod: 'client_secret_basic', role },
    reads: madeReads,
  }),
  'company iam add serviceaccount jwt': (
    company: string,
    given: { readonly name: string; readonly role: string; readonly key: KeyObject },
  ): Command => {
    const { n, e } = given.key.export({ format: 'jwk' })
    const publicKey = { kty: 'RSA', use: 'sig', alg: 'RSA256', kid: 'miactl', n, e }
    const { name, role } = given
    const body = { name, tokenEndpointAuthMethod: 'private_key_jwt', role, publicKey }
    return { method: 'POST', path: accounts(company), body, reads: madeReads }
  },
  'company iam list serviceaccounts': (company: string) => list(accounts(company), accountReads),
  'company iam edit serviceaccount': (company: string, id: string, role: string) =>
    edit(`${accounts(company)}/${id}`, { role }),
  'company iam remove serviceaccount': (company: string, id: string): Command => ({
    method: 'DELETE',
    path: `${accounts(company)}/${id}`,
  }),
  /** Not a command of its own: what its sources let them ask for together. */
  'identities of one type on a project': (company: string, type: string, project: string) =>
    list(
      `/api/companies/${company}/identities?identityType=${type}&projectIds=${project}`,
      identityReads,
    ),
  'company iam list': (company: string, type?: string) =>
    list(
      `/api/companies/${company}/identities${type === undefined ? '' : `?identityType=${type}`}`,
      identityReads,
    ),
  'project iam list': (company: string, project: string) =>
    list(`/api/companies/${company}/identities?projectIds=${project}`, identityReads),
  'company iam list users': (company: string) => list(people(company, 'users'), userReads),
  'company iam list groups': (company: string) => list(people(company, 'groups'), groupReads),
  'company iam add user': (company: string, email: string, role: string): Command => ({
    method: 'POST',
    path: people(company, 'users'),
    body: { email, role },
  }),
  'company iam edit user': (company: string, id: string, role: string) =>
    edit(`${people(company, 'users')}/${id}`, { role }),
  'company iam remove user': (company: string, id: string): Command => ({
    method: 'DELETE',
    path: `${people(company, 'users')}/${id}?removeFromGroups=true`,
  }),
  'company iam remove user --no-include-groups': (company: string, id: string): Command => ({
    method: 'DELETE',
    path: `${people(company, 'users')}/${id}`,
  }),
  'company iam add group': (company: string, name: string, role: string): Command => ({
    method: 'POST',
    path: people(company, 'groups'),
    body: { name, role, members: [] },
  }),
  'company iam edit group': (company: string, id: string, role: string) =>
    edit(`${people(company, 'groups')}/${id}`, { role }),
  'company iam add group-member': (
    company: string,
    id: string,
    ...emails: readonly string[]
  ): Command => ({
    method: 'POST',
    path: `${people(company, 'groups')}/${id}/members`,
    body: { emails },
  }),
  'company iam remove group-member': (company: string, id: string, member: string): Command => ({
    method: 'DELETE',
    path: `${people(company, 'groups')}/${id}/members`,
    body: { memberIds: [member] },
  }),
  'company iam remove group': (company: string, id: string): Command => ({
    method: 'DELETE',
    path: `${people(company, 'groups')}/${id}`,
  }),
  'project iam edit user': (company: string, id: string, role: RoleBelow) =>
    edit(`${people(company, 'users')}/${id}`, below(role)),
  'project iam edit group': (company: string, id: string, role: RoleBelow) =>
    edit(`${people(company, 'groups')}/${id}`, below(role)),
  'project iam edit serviceaccount': (company: string, id: string, role: RoleBelow) =>
    edit(`${accounts(company)}/${id}`, below(role)),
} as const

const userAgent = 'miactl (linux/amd64)'

/** How miactl sends everything: a Content-Type even where there is no body. */
export async function send(
  server: TestServer,
  token: string,
  { method, path, body }: Command,
): Promise<Answer> {
  return await server.call(path, {
    method,
    headers: {
      accept: 'application/json',
      'accept-encoding': 'gzip',
      authorization: `Bearer ${token}`,
      'client-key': 'miactl',
      'content-type': 'application/json',
      'user-agent': userAgent,
    },
    ...(body && { body: `${JSON.stringify(body)}\n` }),
  })
}

const path = '/api/m2m/oauth/token'
const form = {
  'accept-encoding': 'gzip',
  'content-type': 'application/x-www-form-urlencoded',
  'user-agent': userAgent,
}

/** `context auth --client-id --client-secret`: Go escapes both before it makes a header of them. */
export async function tokenBySecret(server: TestServer, who: Credentials): Promise<Answer> {
  const pair = [who.clientId, who.clientSecret].map(encodeURIComponent).join(':')
  return await server.call(path, {
    method: 'POST',
    headers: { ...form, authorization: `Basic ${Buffer.from(pair).toString('base64')}` },
    body: 'grant_type=client_credentials',
  })
}

/** `context auth --jwt-json`: an assertion for an hour, from ten seconds ago. */
export async function tokenByKey(
  server: TestServer,
  clientId: string,
  key: KeyObject,
): Promise<Answer> {
  const iat = Math.floor(Date.now() / 1000) - 10
  const assertion = await new SignJWT({
    iss: clientId,
    aud: 'console-client-credentials',
    exp: iat + 3600,
    iat,
    sub: clientId,
    jti: randomUUID(),
  })
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: 'miactl' })
    .sign(key)
  const body = new URLSearchParams({
    client_assertion: assertion,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_id: clientId,
    grant_type: 'client_credentials',
    token_endpoint_auth_method: 'private_key_jwt',
  })
  const headers = { ...form, accept: 'application/json', 'client-key': 'miactl' }
  return await server.call(path, { method: 'POST', headers, body: body.toString() })
}
