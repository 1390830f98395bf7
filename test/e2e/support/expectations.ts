import { expect } from '@jest/globals'
import { type Answer, type TestServer, tokenPath } from '../../support/server.ts'

export const introspectPath = '/api/m2m/oauth/introspect'
export const revokePath = '/api/m2m/oauth/revoke'

/** Sends a form to one of the OAuth endpoints. */
export async function post(
  server: Pick<TestServer, 'call'>,
  body: string | URLSearchParams | Buffer,
  { path = tokenPath, headers = {} }: { path?: string; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const type = { 'content-type': 'application/x-www-form-urlencoded' }
  const content = Buffer.isBuffer(body) ? new Uint8Array(body) : String(body)
  return await server.call(path, {
    method: 'POST',
    headers: { ...type, ...headers },
    body: content,
  })
}

export const grant = (form: Readonly<Record<string, string>> = {}) =>
  new URLSearchParams({ grant_type: 'client_credentials', ...form })

/** One body for two readers: RFC 6749 §5.2 and the console's. */
function unionBody(status: number, error: string, description: string) {
  return { error, error_description: description, statusCode: status, message: description }
}

function challengeOf(answer: Answer): string {
  return answer.headers.get('www-authenticate') ?? ''
}

/** A refusal in the form of RFC 6749 §5.2 that issues nothing and is kept by nobody. */
export function expectRefusal(answer: Answer, status: number, error: string): void {
  expect([answer.status, answer.body?.error]).toEqual([status, error])
  expect(answer.body).toEqual(unionBody(status, error, answer.body.message))
  expect(answer.body.message).toMatch(/^[\x20-\x7e]+$/)
  expect(answer.headers.get('content-type')).toMatch(/^application\/json\b/)
  expect(answer.headers.get('cache-control')).toContain('no-store')
  if (status === 401) expect(challengeOf(answer)).toMatch(/^Basic realm="[^"]+"/)
  else expect(challengeOf(answer)).toBe('')
  expectNothingIssued(answer)
}

/** Nothing in the answer is, or looks like, a token. */
export function expectNothingIssued(answer: Answer): void {
  expect(answer.text).not.toMatch(/access_token|eyJ[\w-]+\.eyJ/)
}

/** Every refused login is this one, whatever was wrong with it. */
export function expectRefusedLogin(answer: Answer): void {
  expectRefusal(answer, 401, 'invalid_client')
  expect(answer.body.message).toBe('client authentication failed')
}

/** A refused login with this true reason; '' when it was turned away before any login was judged. */
export function expectRefusedFor(
  server: Pick<TestServer, 'logged'>,
  answer: Answer,
  cause: string | RegExp,
): void {
  expectRefusedLogin(answer)
  if (cause === '') expect(causeOf(server, answer)).toBe('')
  else expect(causeOf(server, answer)).toMatch(cause)
}

/** A token was issued (RFC 6749 §5.1); resolves with it. */
export function expectToken(answer: Answer): string {
  expect([answer.status, answer.body?.error]).toEqual([200, undefined])
  expect(answer.body).toMatchObject({ token_type: 'Bearer', access_token: expect.any(String) })
  return answer.body.access_token
}

/** What the server wrote of refused logins: the reasons that callers are never told. */
export function reasons(server: Pick<TestServer, 'logged'>, clientId: string): string[] {
  return server.logged
    .filter((line) => line.includes('login refused') && line.includes(clientId))
    .map((line) => JSON.parse(line).reason)
}

/** Why the login of this one answer was refused, from the log alone; '' when no login was judged. */
export function causeOf(server: Pick<TestServer, 'logged'>, answer: Answer): string {
  const id = answer.headers.get('x-request-id') ?? 'no request id'
  const line = server.logged.find((text) => text.includes('login refused') && text.includes(id))
  if (line === undefined) return ''
  const { reason, detail } = JSON.parse(line)
  return `${reason}: ${detail ?? ''}`
}

/** Payload or header of a token, unverified. */
export function decoded(token: string, index: 0 | 1 = 1): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[index] ?? '', 'base64url').toString('utf8'))
}
