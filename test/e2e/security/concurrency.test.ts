import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { accountsPath, uniqueName } from '../../support/accounts.ts'
import { eventually } from '../../support/eventually.ts'
import {
  type Answer,
  type Credentials,
  startTestServer,
  type TestServer,
} from '../../support/server.ts'
import { onEachStore } from '../../support/stores.ts'
import { createAccount, secretClient } from '../support/accounts.ts'
import { decoded, expectToken } from '../support/expectations.ts'

interface Listed {
  readonly id: string
  readonly state: string
}

const times = <T>(count: number, work: (index: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, index) => work(index)))
const statuses = (answers: readonly Answer[]) => answers.map(({ status }) => status).sort()
const secretsIn = (answers: readonly Answer[]) =>
  answers.filter(({ status }) => status < 300).map(({ body }) => String(body.clientSecret))

onEachStore('requests at the same moment', (store) => {
  /** MongoDB takes writes of one account one after the other, each over the network. */
  const few = store.name === 'SQLite' ? 10 : 4
  let server: TestServer

  beforeAll(async () => {
    server = await startTestServer({ store, env: { OSTIARY_OAUTH_THROTTLE_FAILURES: '0' } })
  })
  afterAll(async () => await server.close())

  const pathOf = ({ clientId }: Credentials) => `${accountsPath}/${clientId}`
  const rotate = (who: Credentials, overlapSeconds: number) =>
    server.manage('POST', `${pathOf(who)}/rotate`, { overlapSeconds })
  const add = (who: Credentials) => server.manage('POST', `${pathOf(who)}/credentials`, {})
  const remove = (who: Credentials) => server.manage('DELETE', pathOf(who))
  const change = (who: Credentials, body: object, headers?: Record<string, string>) =>
    server.manage('PATCH', pathOf(who), body, headers)
  const loggedIn = async ({ clientId }: Credentials, clientSecret: string) =>
    (await server.token({ clientId, clientSecret })).status
  const live = async (who: Credentials): Promise<readonly Listed[]> => {
    const listed: readonly Listed[] = (await server.manage('GET', `${pathOf(who)}/credentials`))
      .body
    return listed.filter(({ state }) => state === 'active')
  }

  /** Asks for tokens without a pause until told to stop; resolves with the times of their making. */
  function flood(who: Credentials) {
    const timeOf: number[] = []
    let refusals = 0
    let isOver = false
    const one = async () => {
      while (!isOver) {
        const answer = await server.token(who)
        if (answer.status === 200) timeOf.push(Number(decoded(expectToken(answer))['iat']))
        else refusals += 1
      }
    }
    const callers = times(8, one)
    return {
      timeOf,
      refusals: () => refusals,
      stop: async () => {
        isOver = true
        await callers
      },
    }
  }

  test('leave one live secret after rotations without overlap, and it works', async () => {
    const who = await secretClient(server)
    const answers = await times(20, () => rotate(who, 0))
    expect(statuses(answers)).toEqual(answers.map(() => 200))
    const [only, ...more] = await live(who)
    expect(more).toEqual([])
    for (const { body } of answers) {
      expect(await loggedIn(who, body.clientSecret)).toBe(body.id === only?.id ? 200 : 401)
    }
    expect(answers.filter(({ body }) => body.id === only?.id)).toHaveLength(1)
    expect(await loggedIn(who, who.clientSecret)).toBe(401)
  })

  test('that rotate and add never leave more secrets live than an account may have', async () => {
    const who = await secretClient(server)
    const rotations = times(few, () => rotate(who, 3600))
    const additions = times(2 * few, () => add(who))
    const answers = [...(await rotations), ...(await additions)]
    const refused = answers.filter(({ status }) => status >= 300)
    expect(refused.map(({ status, body }) => [status, body.code])).toEqual(
      refused.map(() => [409, 'credential.limit']),
    )
    const listed = (await live(who)).map(({ id }) => id)
    expect(listed.length).toBeLessThanOrEqual(10)
    expect(listed.length).toBeGreaterThan(0)
    const made = answers.filter(({ status }) => status < 300)
    const works = await Promise.all(made.map(({ body }) => loggedIn(who, body.clientSecret)))
    expect(works).toEqual(made.map(({ body }) => (listed.includes(body.id) ? 200 : 401)))
  })

  test('that rotate, add and delete leave no account and no secret that works', async () => {
    const who = await secretClient(server)
    const before = [times(few, () => rotate(who, 60)), times(few, () => add(who))]
    const removals = times(3, () => remove(who))
    const after = [times(few, () => rotate(who, 60)), times(few, () => add(who))]
    const made = (await Promise.all([...before, ...after])).flat()
    expect(statuses(await removals)).toEqual([204, 404, 404])
    for (const { status } of made) expect([200, 201, 404, 409]).toContain(status)
    for (const secret of [who.clientSecret, ...secretsIn(made)]) {
      expect(await loggedIn(who, secret)).toBe(401)
    }
    expect((await server.manage('GET', pathOf(who))).status).toBe(404)
  })

  test('that free a place and take it never exceed the limit, nor lose a place', async () => {
    const who = await secretClient(server)
    await times(9, () => add(who))
    const listed = await live(who)
    expect(listed).toHaveLength(10)
    const freed = listed.slice(5)
    const removals = times(freed.length, (index) =>
      server.manage('DELETE', `${pathOf(who)}/credentials/${freed[index]?.id}`),
    )
    const additions = await times(20, () => add(who))
    expect(statuses(await removals)).toEqual([204, 204, 204, 204, 204])
    const made = secretsIn(additions)
    expect(made.length).toBeLessThanOrEqual(5)
    expect(await live(who)).toHaveLength(5 + made.length)
    for (const secret of made) expect(await loggedIn(who, secret)).toBe(200)
    const rest = await times(8, () => add(who))
    expect(rest.filter(({ status }) => status === 201)).toHaveLength(5 - made.length)
    expect(await live(who)).toHaveLength(10)
  })

  test('that create and rename give a name to one account only', async () => {
    const name = uniqueName()
    const others = [await secretClient(server), await secretClient(server)]
    const renames = times(10, (index) => change(others[index % 2] ?? server.admin, { name }))
    const creations = await times(10, () => createAccount(server, { name: name.toUpperCase() }))
    const renamed = await renames
    const winners = new Set([
      ...creations.filter(({ status }) => status === 201).map(({ body }) => body.clientId),
      ...renamed.filter(({ status }) => status === 200).map(({ body }) => body.clientId),
    ])
    expect(winners.size).toBe(1)
    for (const { status } of creations) expect([201, 409]).toContain(status)
    for (const { status } of renamed) expect([200, 409]).toContain(status)
    const { body } = await server.manage('GET', `${accountsPath}?per_page=200`)
    const named = body.filter((one: { name: string }) => one.name.toLowerCase() === name)
    expect(named.map((one: { clientId: string }) => one.clientId)).toEqual([...winners])
  })

  test('that name the same version change it once', async () => {
    const who = await secretClient(server)
    const tag = (await server.manage('GET', pathOf(who))).headers.get('etag') ?? ''
    const answers = await times(10, (index) =>
      change(who, { description: `n${index}` }, { 'if-match': tag }),
    )
    const [won, ...more] = answers.filter(({ status }) => status === 200)
    expect(more).toEqual([])
    expect(answers.filter(({ status }) => status === 412)).toHaveLength(9)
    const { body, headers } = await server.manage('GET', pathOf(who))
    expect(body.description).toBe(won?.body.description)
    expect(headers.get('etag')).toBe(won?.headers.get('etag'))
  })

  test.each<readonly [string, (who: Credentials) => Promise<Answer>]>([
    ['disabled', (who) => change(who, { state: 'disabled' })],
    ['deleted', (who) => remove(who)],
  ])('make no token after the answer that says that the account is %s', async (_, end) => {
    const who = await secretClient(server)
    const busy = flood(who)
    expect(await eventually(() => busy.timeOf.length > 20)).toBe(true)
    expect((await end(who)).status).toBeLessThan(300)
    const endedAt = Math.floor(Date.now() / 1000)
    expect(await loggedIn(who, who.clientSecret)).toBe(401)
    const before = busy.refusals()
    expect(await eventually(() => busy.refusals() > before + 20)).toBe(true)
    await busy.stop()
    expect(Math.max(...busy.timeOf)).toBeLessThanOrEqual(endedAt)
  })

  test('revive no token that was made while its account was disabled', async () => {
    const who = await secretClient(server)
    const shows = async (token: string) =>
      (await server.call('/tokeninfo', { headers: { authorization: `Bearer ${token}` } })).status
    for (let round = 0; round < 5; round += 1) {
      const tokens: string[] = []
      let isOver = false
      const busy = times(4, async () => {
        while (!isOver) {
          const answer = await server.token(who)
          if (answer.status === 200) tokens.push(expectToken(answer))
        }
      })
      expect(await eventually(() => tokens.length > 10)).toBe(true)
      expect((await change(who, { state: 'disabled' })).status).toBe(200)
      isOver = true
      await busy
      expect((await change(who, { state: 'enabled' })).status).toBe(200)
      expect(new Set(await Promise.all(tokens.map(shows)))).toEqual(new Set([401]))
      expect(await shows(expectToken(await server.token(who)))).toBe(200)
    }
  })

  test('end every token made before the answer to revoke-tokens, and none made after it', async () => {
    const who = await secretClient(server)
    const tokens = async () => (await times(20, () => server.token(who))).map(expectToken)
    const isLive = async (token: string) =>
      (await server.call('/tokeninfo', { headers: { authorization: `Bearer ${token}` } })).status
    const before = await tokens()
    expect((await server.manage('POST', `${pathOf(who)}/revoke-tokens`)).status).toBe(204)
    const after = await tokens()
    expect(await Promise.all(before.map(isLive))).toEqual(before.map(() => 401))
    expect(await Promise.all(after.map(isLive))).toEqual(after.map(() => 200))
  })
})
