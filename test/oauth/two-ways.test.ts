import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type Admission, admit } from '../../src/oauth/admit.ts'
import { openCore } from '../../src/oauth/core.ts'
import { type Granting, granter } from '../../src/oauth/grant.ts'
import { judge } from '../../src/oauth/judge.ts'
import type { OAuthOptions } from '../../src/oauth/options.ts'
import { paths } from '../../src/oauth/provider.ts'
import type { Outcome } from '../../src/oauth/report.ts'
import { decoded } from '../e2e/support/expectations.ts'
import { type Accounts, coreOptions, endpointOptions, serve } from './endpoints.ts'
import { type Client, openClients, publishedSet } from './generated-clients.ts'
import { mutations } from './generated-mutations.ts'
import { type Draft, goodDraft, requestOf } from './generated-requests.ts'
import { seeded } from './seeded.ts'

const tokenType = 'application/json; charset=utf-8'

interface Verdicts {
  readonly quick: Granting['is'] | 'not admitted'
  readonly token: string | undefined
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: a test says what it expects of an answer
  readonly body: any
}

/** A server that lets the quick way decide, and then answers with what the core says. */
async function openBoth(accounts: Accounts, isFapi: boolean) {
  const plain = coreOptions(accounts)
  const clock = { at: Date.now() }
  // Both ways judge a request in the same moment.
  const lookups = { ...plain.lookups, now: () => clock.at }
  const own: Partial<OAuthOptions> = {
    lookups,
    rules: { ...plain.rules, isFapi },
    publishedKeys: async () => ({ ok: true, keys: publishedSet }),
  }
  const quickOptions = coreOptions(accounts, own)
  const judged = judge(quickOptions)
  const grant = granter(quickOptions)
  const outcomes: Outcome[] = []
  const options = endpointOptions(outcomes)
  // Each way spends the jti for itself.
  const core = openCore(coreOptions(accounts, own), options)
  let last: Granting | undefined
  const quickly = async (admission: Admission): Promise<Granting | undefined> => {
    if (!admission.isAdmitted) return undefined
    const judgement = await judged(admission.attempt)
    return judgement.verdict === 'proven' ? await grant(admission, judgement) : { is: 'left' }
  }
  const server = await serve(async (request, response) => {
    const admission = await admit(request, options)
    last = await quickly(admission)
    const cause = admission.isAdmitted ? undefined : admission.cause
    const body = admission.isAdmitted ? admission.body : Buffer.alloc(0)
    await core({ request, body, run: { attempt: admission.attempt, cause } }, response)
  })
  return {
    close: server.close,
    async ask(draft: Draft): Promise<Verdicts> {
      clock.at = Date.now()
      const { headers, body } = requestOf(draft)
      const answer = await fetch(`${server.url}${paths.token}`, { method: 'POST', headers, body })
      expect(answer.headers.get('content-type')).toBe(tokenType)
      const token = last?.is === 'token' ? last.answer.access_token : undefined
      return {
        quick: last?.is ?? 'not admitted',
        token,
        status: answer.status,
        body: await answer.json(),
      }
    },
  }
}

/** A token's claims, but for those that no two tokens share. */
function claimsOf(token: string) {
  const { jti: _jti, iat, exp, ...claims } = decoded(token)
  return { ...claims, seconds: Number(exp) - Number(iat) }
}

describe.each([
  ['default', false],
  ['fapi', true],
] as const)('a login under the %s profile', (_, isFapi) => {
  const random = seeded(20_261_126)
  const accounts: Accounts = new Map()
  const clients = openClients(accounts)
  let both: Awaited<ReturnType<typeof openBoth>>
  beforeAll(async () => {
    both = await openBoth(accounts, isFapi)
  })
  afterAll(async () => await both.close())

  const plain = clients.filter(({ isPlain }) => isPlain)
  test.each(plain)('that is good is answered without the core: $name', async (client) => {
    const { quick, token, status, body } = await both.ask(goodDraft(client, seeded(1)))
    if (isFapi && client.alg === 'RS256') {
      expect([quick, status]).toEqual(['left', 401])
    } else {
      expect([quick, status]).toEqual(['token', 200])
      expect(claimsOf(token ?? '')).toEqual(claimsOf(body.access_token))
      const own = accounts.get(client.clientId)?.credentials.map(({ id }) => id)
      expect(own).toContain(decoded(token ?? '')['credential_id'])
    }
  })

  /** Sends one changed request down both ways, and compares what they say of it. */
  async function compare(client: Client, [name, mutate]: (typeof mutations)[number]) {
    const draft = goodDraft(client, random)
    mutate(draft, random, clients)
    const { quick, token, status, body } = await both.ask(draft)
    expect(quick).not.toBe('refusal')
    if (token !== undefined) {
      expect([client.name, name, status]).toEqual([client.name, name, 200])
      expect(claimsOf(token)).toEqual(claimsOf(body.access_token))
    }
    return { isQuick: token !== undefined, isRefused: status !== 200 }
  }

  test('gets a token without the core only where the core gives the same', async () => {
    const pairs = clients.flatMap((client) => mutations.map((mutation) => ({ client, mutation })))
    const found: Awaited<ReturnType<typeof compare>>[] = []
    for (const { client, mutation } of pairs) found.push(await compare(client, mutation))
    // The generator is worth its time only while it makes many of each kind.
    expect(found.length).toBeGreaterThan(1500)
    expect(found.filter(({ isQuick }) => isQuick).length).toBeGreaterThan(found.length / 20)
    expect(found.filter(({ isRefused }) => isRefused).length).toBeGreaterThan(found.length / 3)
  })

  test.each([
    ['a blank that was signed', 'invalid_client'],
    ['padding that was signed', 'invalid_client'],
    ['a line break that was signed', 'invalid_client'],
    ['a letter too many that was signed', 'invalid_client'],
    ['exp at iat', 'invalid_client'],
    ['exp before iat', 'invalid_client'],
    ['exp at nbf', 'invalid_client'],
    ['requested audiences beyond the bound', 'invalid_target'],
    ['requested audiences in a text', 'invalid_target'],
  ])('is refused by both ways with %s', async (mutation, error) => {
    const wanted = mutations.find(([name]) => name === mutation)
    if (!wanted) throw new Error(`there is no mutation ${mutation}`)
    for (const client of plain.filter(({ alg }) => alg !== 'secret' && alg !== 'RS256')) {
      const draft = goodDraft(client, random)
      wanted[1](draft, random, clients)
      const { token, body } = await both.ask(draft)
      expect([client.name, token, body.error]).toEqual([client.name, undefined, error])
    }
  })

  test('by a published key is good, and left to the core', async () => {
    const client = clients.find(({ kid }) => kid === 'published')
    if (!client) throw new Error('nobody publishes a key')
    const { quick, status, body } = await both.ask(goodDraft(client, seeded(1)))
    expect([quick, status]).toEqual(['left', 200])
    expect(claimsOf(body.access_token)).not.toHaveProperty('credential_id')
  })

  test('that names another client in its form is left to the core', async () => {
    const [client] = clients
    if (!client) throw new Error('there are no clients')
    const draft = goodDraft(client, random)
    draft.form.splice(1)
    draft.form.push(['client_id', randomBytes(4).toString('hex')])
    const { quick, status } = await both.ask(draft)
    expect([quick, status]).toEqual(['left', 400])
  })
})
