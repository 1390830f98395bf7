import { accountsPath, wanted } from '../../support/accounts.ts'
import { eventually } from '../../support/eventually.ts'
import { type Answer, basic, type Credentials, type TestServer } from '../../support/server.ts'

export const manage = 'console.root.serviceaccount.manage'
export const view = 'console.root.view'

export async function create(server: TestServer, given: object = {}): Promise<Credentials> {
  const answer = await server.manage('POST', accountsPath, wanted(given))
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

/**
 * Moves the server's clock, and waits until what it knows of the store is fresh again. A store that tells the time
 * may find the clock wrong meanwhile.
 */
export async function passTime(server: TestServer, milliseconds: number): Promise<void> {
  server.clock.offset += milliseconds
  await eventually(
    () => server.call('/-/ready?for=changes'),
    ({ body }) => body.checks?.store === 'ok',
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
