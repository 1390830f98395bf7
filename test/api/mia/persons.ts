import type { TestServer } from '../../support/server.ts'
import type { Caller } from './accounts.ts'

/** Calls a management API as whoever holds a token. */
export function holderOf(server: TestServer, token: string): Caller {
  return (method, path, body, headers = {}) =>
    server.call(path, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
}

/** Has a server trust an issuer; answers the id that it is known by. */
export async function trust(
  server: TestServer,
  issuer: string,
  given: object = {},
): Promise<string> {
  const wanted = { name: issuer, issuer, audience: 'ostiary', allowInsecure: true, ...given }
  const { status, text, body } = await server.manage('POST', '/api/issuers', wanted)
  if (status !== 201) throw new Error(`not trusted: ${text}`)
  return body.id
}
