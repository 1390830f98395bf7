import { createHash, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals'
import { decodeJwt } from 'jose'
import { startTestServer, type TestServer } from '../support/server.ts'
import { audience, openPeople, type People, personNames } from './provider.ts'

const redirectUri = 'http://127.0.0.1:9999/callback'

let people: People
let server: TestServer
beforeAll(async () => {
  // The provider warns of what is good enough for trying out.
  jest.spyOn(console, 'warn').mockImplementation(() => undefined)
  people = await openPeople()
  const { issuer } = people
  const trusted = { name: 'people', issuer, audience, groupsClaim: 'groups', allowInsecure: true }
  server = await startTestServer({ env: { OSTIARY_PEOPLE_ISSUERS: JSON.stringify([trusted]) } })
})
afterAll(async () => {
  await server.close()
  await people.close()
  jest.restoreAllMocks()
})

/** How this server sees a token: 403 when it knows who holds it. */
const status = async (token: string) =>
  (await server.call('/api/issuers', { headers: { authorization: `Bearer ${token}` } })).status

const known = (name: string) => ({
  iss: people.issuer,
  sub: name,
  email: `${name}@people.example`,
  email_verified: true,
  groups: expect.arrayContaining(['engineers']),
})

/** A browser that keeps cookies, and goes where it is sent until it is called back. */
class Browser {
  readonly #cookies = new Map<string, string>()

  async send(url: string, form?: Record<string, string>): Promise<Response> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await fetch(new URL(url, people.issuer), {
      redirect: 'manual',
      headers: { cookie },
      ...(form && { method: 'POST', body: new URLSearchParams(form) }),
    })
    for (const line of response.headers.getSetCookie()) {
      const [name = '', value = ''] = line.split(';')[0]?.split('=') ?? []
      this.#cookies.set(name, value)
    }
    return response
  }

  /** Follows until a page is shown, or the client is called back: where that is. */
  async follow(first: Promise<Response>): Promise<string> {
    let [response, place] = [await first, '']
    for (let steps = 0; steps < 10; steps += 1) {
      const next = response.headers.get('location')
      if (next === null) return place
      place = next
      if (place.startsWith(redirectUri)) return place
      response = await this.send(place)
    }
    throw new Error(`it goes round and round, last to ${place}`)
  }
}

interface Tokens {
  readonly access_token: string
  readonly id_token: string
}

/** Signs in as somebody would in a browser, and says yes: the answer of the token endpoint. */
async function signIn(login: string): Promise<Tokens> {
  const browser = new Browser()
  const verifier = randomBytes(32).toString('base64url')
  const query = new URLSearchParams({
    client_id: audience,
    response_type: 'code',
    redirect_uri: redirectUri,
    scope: 'openid profile email groups',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  })
  const loginPage = await browser.follow(browser.send(`/auth?${query}`))
  const entered = browser.send(loginPage, { prompt: 'login', login, password: 'any' })
  const consentPage = await browser.follow(entered)
  const callback = await browser.follow(browser.send(consentPage, { prompt: 'consent' }))
  const answer = await browser.send('/token', {
    grant_type: 'authorization_code',
    client_id: audience,
    redirect_uri: redirectUri,
    code: new URL(callback).searchParams.get('code') ?? '',
    code_verifier: verifier,
  })
  const tokens: Tokens = JSON.parse(await answer.text())
  return tokens
}

test.each(personNames)('gives a token of %s to whoever asks on this machine', async (name) => {
  const answer = await fetch(`${people.issuer}/token?person=${name}`)
  const token = await answer.text()
  expect(decodeJwt(token)).toMatchObject({ ...known(name), aud: audience })
  expect([answer.status, await status(token)]).toEqual([200, 403])
  expect(await status(await people.tokenOf(name))).toBe(403)
})

test('gives no token of anybody else', async () => {
  for (const person of ['', 'bob', 'constructor']) {
    expect((await fetch(`${people.issuer}/token?person=${person}`)).status).toBe(404)
  }
})

test('signs people in with a browser, to tokens that are taken here', async () => {
  const { access_token, id_token } = await signIn('grace')
  for (const token of [access_token, id_token]) {
    expect(decodeJwt(token)).toMatchObject({ ...known('grace'), aud: audience })
    expect(await status(token)).toBe(403)
  }
})
