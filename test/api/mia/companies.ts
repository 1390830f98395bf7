import { randomBytes } from 'node:crypto'
import type { Answer, Credentials, TestServer } from '../../support/server.ts'
import { type Caller, callerFor } from './accounts.ts'

/** A name that nothing else of any test has. */
export function uniqueWord(word: string): string {
  return `${word} ${randomBytes(4).toString('hex')}`
}

/** The body of an answer that must have this status. */
export function bodyOf(answer: Answer, status: number) {
  if (answer.status === status) return answer.body
  throw new Error(`expected ${status}, got ${answer.status}: ${answer.text}`)
}

export interface Tree {
  readonly companyId: string
  readonly projectId: string
  readonly envId: string
  /** The path of the company. */
  readonly path: string
}

/** A company with one project and one environment, made by the first root account. */
export async function newTree(server: TestServer): Promise<Tree> {
  const create = async (path: string, name: string) =>
    bodyOf(await server.manage('POST', path, { name }), 201)
  const { companyId } = await create('/api/companies', uniqueWord('company'))
  const path = `/api/companies/${companyId}`
  const { projectId } = await create(`${path}/projects`, 'Payments')
  const { envId } = await create(`/api/projects/${projectId}/environments`, 'Development')
  return { companyId, projectId, envId, path }
}

/** The body of a request that creates an account of a company. */
export function companyAccount(given: object = {}): Record<string, unknown> {
  return {
    name: uniqueWord('account'),
    tokenEndpointAuthMethod: 'client_secret_basic',
    ...given,
  }
}

/** An account of a company with these roles. */
export async function member(
  server: TestServer,
  { path }: Tree,
  given: object = {},
): Promise<Credentials> {
  return bodyOf(await server.manage('POST', `${path}/service-accounts`, companyAccount(given)), 201)
}

/** A caller of a company with these roles. */
export async function memberCaller(
  server: TestServer,
  tree: Tree,
  given: object = {},
): Promise<Caller> {
  return await callerFor(server, await member(server, tree, given))
}

/** A path of a route: its places are those of this tree, and nothing else that it names is there. */
export function withinTree(path: string, { companyId, projectId, envId }: Tree): string {
  return path
    .replace(':companyId', companyId)
    .replace(':projectId', projectId)
    .replace(':envId', envId)
    .replace(':clientId', 'ost_ci_x')
    .replace(':userId', 'user_x')
    .replace(':groupId', 'grp_x')
    .replace(':roleId', 'role_x')
    .replace(':id', 'cred_x')
}
