import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { accountsPath } from '../../support/accounts.ts'
import { eventually } from '../../support/eventually.ts'
import {
  type Answer,
  type Credentials,
  startTestServer,
  type TestServer,
} from '../../support/server.ts'
import { onEachStore } from '../../support/stores.ts'
import { create, passTime } from './accounts.ts'

interface Listed {
  readonly id: string
  readonly state: string
  readonly expiresAt?: string
}

onEachStore('credentials of an account', (store) => {
  let server: TestServer

  beforeAll(async () => {
    server = await startTestServer({ store, env: { OSTIARY_OAUTH_THROTTLE_FAILURES: '0' } })
  })
  afterAll(async () => await server.close())

  const listed = async ({ clientId }: Credentials): Promise<readonly Listed[]> =>
    (await server.manage('GET', `${accountsPath}/${clientId}/credentials`)).body
  const active = async (who: Credentials) =>
    (await listed(who)).filter(({ state }) => state === 'active')
  const add = (who: Credentials, body: object = {}) =>
    server.manage('POST', `${accountsPath}/${who.clientId}/credentials`, body)
  const rotate = (who: Credentials, body: object) =>
    server.manage('POST', `${accountsPath}/${who.clientId}/rotate`, body)
  /** Asks again when it is told to: on a busy machine one of many may lose every race. */
  const inTheEnd = (ask: () => Promise<Answer>) => eventually(ask, ({ status }) => status !== 503)
  const login = async ({ clientId }: Credentials, clientSecret: string) =>
    (await server.token({ clientId, clientSecret })).status

  test('adds a secret that works beside the first, and names it', async () => {
    const who = await create(server)
    const { status, body } = await add(who, { name: 'second', expiresAt: '2099-01-01T00:00:00Z' })
    expect(status).toBe(201)
    expect(Object.keys(body).sort()).toEqual(['clientSecret', 'expiresAt', 'id'])
    const [first, second] = await listed(who)
    expect(first).toMatchObject({ name: 'initial', state: 'active', type: 'client_secret' })
    expect(second).toMatchObject({
      id: body.id,
      name: 'second',
      state: 'active',
      expiresAt: '2099-01-01T00:00:00.000Z',
      createdBy: server.admin.clientId,
    })
    expect(await login(who, who.clientSecret)).toBe(200)
    expect(await login(who, body.clientSecret)).toBe(200)
  })

  test('needs no body at all to add a secret', async () => {
    const who = await create(server)
    expect(
      (await server.manage('POST', `${accountsPath}/${who.clientId}/credentials`)).status,
    ).toBe(201)
  })

  test('deletes a secret, which is refused from then on', async () => {
    const who = await create(server)
    const { id, clientSecret } = (await add(who)).body
    const path = `${accountsPath}/${who.clientId}/credentials/${id}`
    expect((await server.manage('DELETE', path)).status).toBe(204)
    expect(await login(who, clientSecret)).toBe(401)
    expect(await login(who, who.clientSecret)).toBe(200)
    const again = await server.manage('DELETE', path)
    expect([again.status, again.body.code]).toEqual([404, 'credential.not_found'])
  })

  test('knows no credential of another account, nor of another form', async () => {
    const [one, other] = [await create(server), await create(server)]
    const [foreign] = await listed(other)
    for (const id of [foreign?.id, 'cred_unknown', '%7B%22$ne%22:1%7D', 'constructor']) {
      const answer = await server.manage(
        'DELETE',
        `${accountsPath}/${one.clientId}/credentials/${id}`,
      )
      expect([answer.status, answer.body.code]).toEqual([404, 'credential.not_found'])
    }
    expect(await listed(other)).toHaveLength(1)
  })

  test.each(['GET', 'POST', 'DELETE'])('knows no account of another id (%s)', async (method) => {
    const end = method === 'DELETE' ? '/cred_0mwutd5si40a5b9f31c4d29e231ba' : ''
    const answer = await server.manage(method, `${accountsPath}/ost_ci_unknown/credentials${end}`)
    expect([answer.status, answer.body.code]).toEqual([404, 'account.not_found'])
  })

  test('refuses an expired secret, and says so in the list', async () => {
    const who = await create(server)
    const expiresAt = new Date(Date.now() + server.clock.offset + 60_000).toISOString()
    const { clientSecret } = (await add(who, { expiresAt })).body
    expect(await login(who, clientSecret)).toBe(200)
    await passTime(server, 60_001)
    expect(await login(who, clientSecret)).toBe(401)
    expect((await listed(who)).map(({ state }) => state)).toEqual(['active', 'expired'])
    expect(await login(who, who.clientSecret)).toBe(200)
  })

  test('issues no token that outlives the secret it was issued for', async () => {
    const who = await create(server)
    const expiresAt = new Date(Date.now() + server.clock.offset + 90_000).toISOString()
    const { clientSecret } = (await add(who, { expiresAt })).body
    const { body } = await server.token({ clientId: who.clientId, clientSecret })
    expect(body.expires_in).toBeLessThanOrEqual(90)
  })

  test('keeps the former secret for the overlap of a rotation, and not a second longer', async () => {
    const who = await create(server)
    const at = Date.now() + server.clock.offset
    const { status, body } = await rotate(who, { overlapSeconds: 120, name: 'autumn' })
    expect(status).toBe(200)
    expect(Object.keys(body).sort()).toEqual([
      'clientSecret',
      'id',
      'previous',
      'previousExpiresAt',
    ])
    expect(Date.parse(body.previousExpiresAt) - at).toBeGreaterThanOrEqual(120_000)
    expect(Date.parse(body.previousExpiresAt) - at).toBeLessThan(125_000)
    expect(await login(who, who.clientSecret)).toBe(200)
    await passTime(server, 110_000)
    expect(await login(who, who.clientSecret)).toBe(200)
    await passTime(server, 15_000)
    expect(await login(who, who.clientSecret)).toBe(401)
    expect(await login(who, body.clientSecret)).toBe(200)
    expect(await active(who)).toMatchObject([{ id: body.id, name: 'autumn' }])
  })

  test('ends the former secret at once when a rotation has no overlap', async () => {
    const who = await create(server)
    const { body } = await rotate(who, { overlapSeconds: 0 })
    expect(await login(who, who.clientSecret)).toBe(401)
    expect(await login(who, body.clientSecret)).toBe(200)
    expect(await listed(who)).toHaveLength(1)
  })

  test('never lengthens the life of a former secret, and says when it really ends', async () => {
    const expiresAt = new Date(Date.now() + server.clock.offset + 60_000).toISOString()
    const who = await create(server, { expiresAt })
    const { body } = await rotate(who, { overlapSeconds: 3600 })
    expect(body.previousExpiresAt).toBe(expiresAt)
    const [former] = await listed(who)
    expect(former?.expiresAt).toBe(expiresAt)
  })

  test('tells of each secret that was good until a rotation when it ends', async () => {
    const who = await create(server)
    const [first] = await listed(who)
    const expiresAt = new Date(Date.now() + server.clock.offset + 60_000).toISOString()
    const { body: second } = await add(who, { expiresAt })
    const { body: third } = await rotate(who, { overlapSeconds: 3600 })
    expect(third.previous).toEqual([
      { id: first?.id, expiresAt: third.previousExpiresAt },
      { id: second.id, expiresAt },
    ])
    const { body: fourth } = await rotate(who, { overlapSeconds: 3600 })
    const ids = fourth.previous.map(({ id }: { id: string }) => id)
    expect(ids).toEqual([first?.id, second.id, third.id])
    // Those of the rotation before end at once.
    const ends = fourth.previous.map((former: { expiresAt: string }) =>
      Date.parse(former.expiresAt),
    )
    expect(Math.max(ends[0], ends[1])).toBeLessThan(ends[2] - 3_000_000)
    expect(await login(who, who.clientSecret)).toBe(401)
  })

  test('leaves at most two live secrets after many rotations, one after the other', async () => {
    const who = await create(server)
    const secrets = [who.clientSecret]
    for (let n = 0; n < 4; n += 1) {
      secrets.push((await rotate(who, { overlapSeconds: 3600 })).body.clientSecret)
    }
    const statuses = []
    for (const secret of secrets) statuses.push(await login(who, secret))
    expect(statuses).toEqual([401, 401, 401, 200, 200])
    expect(await active(who)).toHaveLength(2)
  })

  test('leaves at most two live secrets after twenty rotations at once, all of which work', async () => {
    const who = await create(server)
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => inTheEnd(() => rotate(who, { overlapSeconds: 3600 }))),
    )
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
    const live = (await active(who)).map(({ id }) => id)
    expect(live.length).toBeGreaterThan(0)
    expect(live.length).toBeLessThanOrEqual(2)
    const statuses = await Promise.all(
      answers.map(async ({ body }) => [
        live.includes(body.id),
        await login(who, body.clientSecret),
      ]),
    )
    for (const [isLive, status] of statuses) expect(status).toBe(isLive ? 200 : 401)
    expect(statuses.filter(([isLive]) => isLive).length).toBeGreaterThan(0)
  })

  test('gives ten live credentials to an account and refuses the next', async () => {
    const who = await create(server)
    for (let n = 2; n <= 10; n += 1) expect((await add(who)).status).toBe(201)
    const answer = await add(who)
    expect([answer.status, answer.body.code]).toEqual([409, 'credential.limit'])
    expect(answer.body.message).toContain('10')
    const rotated = await rotate(who, { overlapSeconds: 60 })
    expect([rotated.status, rotated.body.code]).toEqual([409, 'credential.limit'])
    expect(await active(who)).toHaveLength(10)
    expect((await rotate(who, { overlapSeconds: 0 })).status).toBe(200)
  })

  test('fills exactly the free places when many are asked for at once', async () => {
    const who = await create(server)
    const many = store.name === 'SQLite' ? 100 : 40
    const answers = await Promise.all(Array.from({ length: many }, () => inTheEnd(() => add(who))))
    const made = answers.filter(({ status }) => status === 201)
    expect(made).toHaveLength(9)
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(many - 9)
    expect(await active(who)).toHaveLength(10)
    for (const { body } of made) expect(await login(who, body.clientSecret)).toBe(200)
  })

  test('counts no expired credential, and keeps no more of them than live ones', async () => {
    const who = await create(server)
    for (let n = 0; n < 3; n += 1) {
      const expiresAt = new Date(Date.now() + server.clock.offset + 600_000).toISOString()
      for (let m = 0; m < 9; m += 1) expect((await add(who, { expiresAt })).status).toBe(201)
      await passTime(server, 600_001)
    }
    expect(await active(who)).toHaveLength(1)
    expect((await listed(who)).length).toBeLessThanOrEqual(20)
  })
})
