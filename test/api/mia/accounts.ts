import { randomBytes } from 'node:crypto'
import { type Answer, basic, type Credentials, type TestServer } from '../../support/server.ts'

export const root = '/api/service-accounts'
export const manage = 'console.root.serviceaccount.manage'
export const view = 'console.root.view'

export function uniqueName(): string {
  return `account ${randomBytes(6).toString('hex')}`
}

/** What creates an account; a test says only what matters to it. */
export function wanted(given: object = {}): Record<string, unknown> {
  return {
    name: uniqueName(),
    permissions: [],
    tokenEndpointAuthMethod: 'client_secret_basic',
    ...given,
  }
}

export async function create(server: TestServer, given: object = {}): Promise<Credentials> {
  const answer = await server.manage('POST', root, wanted(given))
  if (answer.status !== 201) throw new Error(`not created: ${answer.text}`)
  const { clientId, clientSecret } = answer.body
  return { clientId, clientSecret }
}

/** Calls a management API as an account of one's own. */
export type Caller = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<Answer>

export async function callerFor(
  server: TestServer,
  who: Credentials,
  form: Record<string, string> = {},
): Promise<Caller> {
  const { access_token: token } = (await server.token(who, form)).body
  return (method, path, body, headers = {}) =>
    server.manage(method, path, body, { authorization: `Bearer ${token}`, ...headers })
}

/** A caller that holds exactly these permissions. */
export async function callerWith(
  server: TestServer,
  permissions: readonly string[],
): Promise<Caller> {
  return await callerFor(server, await create(server, { permissions }))
}

export async function eventually<T>(
  attempt: () => Promise<T>,
  isDone: (value: T) => boolean,
  boundMs = 5000,
): Promise<T> {
  const deadline = performance.now() + boundMs
  for (;;) {
    const value = await attempt()
    if (isDone(value) || performance.now() > deadline) return value
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}

/** Moves the server's clock, and waits until what it knows of the store is fresh again. */
export async function passTime(server: TestServer, milliseconds: number): Promise<void> {
  server.clock.offset += milliseconds
  await eventually(
    () => server.call('/-/ready'),
    ({ status }) => status === 200,
  )
}

/** How the OAuth endpoints and /tokeninfo see a token. */
export async function standing(server: TestServer, who: Credentials, token: string) {
  const [tokeninfo, introspection] = await Promise.all([
    server.call('/tokeninfo', { headers: { authorization: `Bearer ${token}` } }),
    server.call('/api/m2m/oauth/introspect', {
      method: 'POST',
      headers: { authorization: basic(who) },
      body: new URLSearchParams({ token }),
    }),
  ])
  return { tokeninfo: tokeninfo.status, active: introspection.body.active }
}
