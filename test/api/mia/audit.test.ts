import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Event } from '../../../src/domain/audit/event.ts'
import { accountsPath, uniqueName } from '../../support/accounts.ts'
import { eventually } from '../../support/eventually.ts'
import { basic, type Credentials, startTestServer, type TestServer } from '../../support/server.ts'
import { onEachStore } from '../../support/stores.ts'
import { callerFor, create, manage, passTime, view } from './accounts.ts'

onEachStore('the audit log', (store) => {
  let server: TestServer

  beforeAll(async () => {
    server = await startTestServer({ store })
  })
  afterAll(async () => await server.close())

  const read = async (query = '') => {
    const answer = await server.manage('GET', `/api/audit${query}`)
    const events: readonly (Omit<Event, 'at'> & { at: string })[] = answer.body
    return { ...answer, events }
  }
  const of = async ({ clientId }: Credentials) =>
    (await read(`?target=${clientId}`)).events.toReversed()
  /** Waits until refused logins were written: those that follow share the next entry. */
  const beginMinute = async () => {
    const before = await create(server)
    await server.token({ ...before, clientSecret: 'not-the-secret' })
    await passTime(server, 60_000)
    await eventually(
      () => of(before),
      (events) => events.some(({ action }) => action === 'login.refused'),
    )
  }

  test('is searched by request, action and words, from either end', async () => {
    const name = uniqueName()
    const headers = { 'x-request-id': `request-of-${name.slice(-8).replace(/\W/g, '_')}` }
    const who = await create(server, { name })
    await server.manage('PATCH', `${accountsPath}/${who.clientId}`, { description: 'x' }, headers)
    const [updated, created] = (await read(`?target=${who.clientId}`)).events
    const found = async (query: Record<string, string>) =>
      (await read(`?${new URLSearchParams(query)}`)).events
    expect(await found({ requestId: headers['x-request-id'] })).toEqual([updated])
    expect(await found({ q: name.toUpperCase() })).toEqual([updated, created])
    expect(await found({ q: name, sort: 'date' })).toEqual([created, updated])
    expect(await found({ target: who.clientId, sort: 'date' })).toEqual([created, updated])
    expect(await found({ target: who.clientId, action: 'account.update' })).toEqual([updated])
    const [first] = await found({ sort: 'date', per_page: '1' })
    expect(first?.seq).toBe(1)
    const second = await read('?sort=date&per_page=1&page=2')
    expect(second.events[0]?.seq).toBe(2)
    const link = (await read('?sort=date&per_page=1')).headers.get('link') ?? ''
    const next = /<([^>]+)>; rel="next"/.exec(link)?.[1] ?? ''
    expect((await server.manage('GET', next)).body[0].seq).toBe(2)
    const lines = await server.manage(
      'GET',
      `/api/audit?format=jsonl&requestId=${headers['x-request-id']}`,
    )
    expect(JSON.parse(lines.text)).toEqual(updated)
  })

  test('tells of every change who did what to whom, when, and under which request', async () => {
    const name = uniqueName()
    const who = await create(server, { name, permissions: [view], description: 'before' })
    const path = `${accountsPath}/${who.clientId}`
    const headers = { 'x-request-id': 'request-of-this-test' }
    await server.manage('PATCH', path, { description: 'after', permissions: [] }, headers)
    const added = (await server.manage('POST', `${path}/credentials`, { name: 'two' })).body
    await server.manage('DELETE', `${path}/credentials/${added.id}`)
    await server.manage('POST', `${path}/rotate`, { overlapSeconds: 60 })
    await server.manage('POST', `${path}/revoke-tokens`)
    await server.manage('DELETE', path)
    const events = await of(who)
    expect(events.map(({ action }) => action)).toEqual([
      'account.create',
      'account.update',
      'credential.add',
      'credential.delete',
      'credential.rotate',
      'account.revoke_tokens',
      'account.delete',
    ])
    for (const event of events) {
      expect(event.actor).toEqual({ kind: 'account', id: server.admin.clientId, name: 'root' })
      expect(event.target).toEqual({ kind: 'service_account', id: who.clientId, name })
      expect(Math.abs(Date.parse(event.at) - Date.now() - server.clock.offset)).toBeLessThan(60_000)
      expect(event.requestId).not.toBe('')
    }
    expect(events[0]).toMatchObject({ after: { name, permissions: [view], state: 'enabled' } })
    expect(events[1]).toMatchObject({
      requestId: 'request-of-this-test',
      before: { description: 'before', permissions: [view] },
      after: { description: 'after', permissions: [] },
    })
    expect(events[2]?.after).toMatchObject({ credentials: [{}, { id: added.id, name: 'two' }] })
    expect(events[6]?.after).toBeUndefined()
  })

  test('tells of a revoked token under the account that it was issued to', async () => {
    const who = await create(server)
    const token = (await server.token(who)).body.access_token
    await server.call('/api/m2m/oauth/revoke', {
      method: 'POST',
      headers: { authorization: basic(who) },
      body: new URLSearchParams({ token }),
    })
    const event = (await of(who)).at(-1)
    expect(event).toMatchObject({
      action: 'token.revoke',
      actor: { kind: 'account', id: who.clientId },
      target: { kind: 'service_account', id: who.clientId },
    })
    expect(JSON.stringify(event)).not.toContain(token)
  })

  test('keeps nothing of a change that was refused', async () => {
    const who = await create(server)
    const before = (await read()).headers.get('x-total-count')
    await server.manage('PATCH', `${accountsPath}/${who.clientId}`, { color: 'red' })
    await server.manage('DELETE', `${accountsPath}/${who.clientId}`, undefined, {
      'if-match': '"99"',
    })
    await server.manage('POST', accountsPath, {})
    expect((await read()).headers.get('x-total-count')).toBe(before)
  })

  test('is numbered without gaps, newest first, and each entry seals the one before', async () => {
    const { events, headers } = await read('?per_page=200')
    const total = Number(headers.get('x-total-count'))
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => total - index))
    expect(events.at(-1)).toMatchObject({ seq: 1, previousHash: '' })
    for (const [index, event] of events.slice(0, -1).entries()) {
      expect(event.previousHash).toBe(events[index + 1]?.hash)
    }
  })

  test('is filtered by time, actor and target, and pages within the filter', async () => {
    const who = await create(server, { permissions: [manage] })
    const caller = await callerFor(server, who)
    await passTime(server, 3_600_000)
    const from = new Date(Date.now() + server.clock.offset).toISOString()
    const [one, two] = [await callerFor(server, who), await create(server)]
    const made = (
      await one('POST', accountsPath, {
        name: uniqueName(),
        permissions: [],
        tokenEndpointAuthMethod: 'client_secret_basic',
      })
    ).body
    expect((await caller('GET', accountsPath)).status).toBe(401)
    const count = async (query: string) => Number((await read(query)).headers.get('x-total-count'))
    expect(await count(`?actor=${who.clientId}`)).toBe(1)
    expect(await count(`?target=${made.clientId}&actor=${who.clientId}`)).toBe(1)
    expect(await count(`?target=${two.clientId}&actor=${who.clientId}`)).toBe(0)
    const later = await read(`?from=${encodeURIComponent(from)}&per_page=1`)
    expect(later.headers.get('x-total-count')).toBe('2')
    expect(later.headers.get('link')).toContain('page=2')
    expect(
      await count(`?to=${Math.floor(Date.parse(from) / 1000) - 60}&target=${two.clientId}`),
    ).toBe(0)
    expect(await count('?from=1')).toBe(await count(''))
    expect(await count('?to=1')).toBe(0)
  })

  /** The query of the link to the next page; undefined on the last page. */
  const nextOf = (headers: Headers) =>
    /<[^>]*(\?[^>]*cursor=[^>]*)>; rel="next"/.exec(headers.get('link') ?? '')?.[1]

  test.each(['', 'target'])(
    'leads on by cursor to every entry, once, while the log grows; filter: %s',
    async (filter) => {
      const who = await create(server)
      for (let n = 0; n < 4; n += 1) {
        await server.manage('PATCH', `${accountsPath}/${who.clientId}`, { description: `${n}` })
      }
      const chosen = filter && `&${filter}=${who.clientId}`
      const whole = (await read(`?per_page=200${chosen}`)).events.map(({ seq }) => seq)
      const seen: number[] = []
      let query: string | undefined = `?per_page=2${chosen}`
      while (query !== undefined) {
        const { events, headers } = await read(query)
        seen.push(...events.map(({ seq }) => seq))
        query = nextOf(headers)
        await server.manage('PATCH', `${accountsPath}/${who.clientId}`, {
          description: `page ${query}`,
        })
      }
      expect(seen).toEqual(whole)
    },
  )

  test('goes on by no cursor that was altered or made up, or is of another filter', async () => {
    const who = await create(server)
    await server.manage('PATCH', `${accountsPath}/${who.clientId}`, { description: 'again' })
    const rest = `&per_page=1&target=${who.clientId}`
    const { headers } = await read(`?${rest}`)
    const cursor = new URLSearchParams(nextOf(headers)).get('cursor')
    expect((await read(`?cursor=${cursor}${rest}`)).status).toBe(200)
    const others = [`x${cursor}${rest}`, `1${rest}`, '1', cursor, `${cursor}${rest}&to=2000000000`]
    for (const other of others) {
      const { status, body } = await read(`?cursor=${other}`)
      expect([other, status, body.field]).toEqual([other, 400, 'cursor'])
    }
    const accounts = await server.manage('GET', `${accountsPath}?sort=name&cursor=${cursor}`)
    expect([accounts.status, accounts.body.field]).toEqual([400, 'cursor'])
  })

  test('has pages by number too, each where the one before ends', async () => {
    const whole = (await read('?per_page=200')).events.map(({ seq }) => seq)
    const pages = []
    for (let page = 1; page <= 3; page += 1) {
      pages.push(...(await read(`?per_page=2&page=${page}`)).events)
    }
    expect(pages.map(({ seq }) => seq)).toEqual(whole.slice(0, 6))
    const beyond = await read('?per_page=200&page=1000000')
    expect([beyond.status, beyond.events]).toEqual([200, []])
  })

  test.each([
    ['from=yesterday', 'from'],
    ['from=-1', 'from'],
    ['to=-1', 'to'],
    ['from=1.5', 'from'],
    ['from=foo%201', 'from'],
    ['to=foo%201', 'to'],
    ['from=2026-01-31T12:00:00', 'from'],
    ['from=2026-01-31', 'from'],
    ['from=2026-02-30T12:00:00Z', 'from'],
    ['to=2025-02-29T12:00:00Z', 'to'],
    ['from=2026-01-31T24:00:00Z', 'from'],
    ['from=2026-01-31T12:00:00%2B99:00', 'from'],
    ['from=%2B010000-01-01T00:00:00Z', 'from'],
    ['to=9999-12-31T23:59:59-01:00', 'to'],
    ['to=123456789012', 'to'],
    ['from=31%20Jan%202026', 'from'],
    ['to=', 'to'],
    ['from=1&from=2', 'from'],
    ['actor[$ne]=x', 'actor[$ne]'],
    ['target=a&target=b', 'target'],
    ['per_page=1000', 'per_page'],
    ['since=1', 'since'],
    ['cursor=', 'cursor'],
    ['cursor=0', 'cursor'],
    ['cursor=1e3', 'cursor'],
    ['cursor=5&page=2', 'cursor'],
    ['cursor=1&cursor=2', 'cursor'],
    ['actor=x&page=102&per_page=100', 'page'],
  ])('refuses ?%s and names the parameter', async (query, field) => {
    const { status, body } = await read(`?${query}`)
    expect([status, body.field]).toEqual([400, field])
  })

  test('tells of refused logins: folded by client and reason, strangers all in one', async () => {
    const who = await create(server)
    const wrong = { ...who, clientSecret: 'not-the-secret' }
    await beginMinute()
    for (let n = 0; n < 3; n += 1) await server.token(wrong)
    for (let n = 0; n < 5; n += 1) await server.token({ ...wrong, clientId: `stranger-${n}` })
    await passTime(server, 120_000)
    const folded = await eventually(
      async () => (await of(who)).filter(({ action }) => action === 'login.refused'),
      (events) => events.length > 0,
    )
    expect(folded).toHaveLength(1)
    expect(folded[0]).toMatchObject({
      actor: { kind: 'anonymous' },
      after: { reason: 'wrong_secret', count: 3 },
    })
    const strangers = await eventually(
      async () => (await read('?target=(unknown)')).events,
      (events) => events.length > 0,
    )
    expect(strangers).toHaveLength(1)
    expect(strangers[0]?.after).toMatchObject({ reason: 'unknown_client', count: 5 })
    expect((await read('?per_page=200')).text).not.toContain('stranger-')
  })

  describe('is taken along', () => {
    const hostile = '=HYPERLINK("https://evil.example")'
    beforeAll(async () => {
      await create(server, { name: `${hostile} ${uniqueName()}` })
      await Promise.all(Array.from({ length: 210 }, () => create(server)))
    })
    const wholeLog = async () => {
      const pages = [await read('?per_page=200&page=1'), await read('?per_page=200&page=2')]
      return pages.flatMap(({ events }) => events)
    }

    test('as lines of JSON, all pages at once, newest first', async () => {
      const { headers, text } = await read('?format=jsonl')
      expect(headers.get('content-type')).toBe('application/x-ndjson')
      const lines = text.trimEnd().split('\n')
      expect(lines.length).toBeGreaterThan(210)
      expect(lines.map((one) => JSON.parse(one))).toEqual(await wholeLog())
    })

    test('as a table, a line an entry, in which nothing is a formula', async () => {
      const { headers, text } = await read('?format=csv')
      expect(headers.get('content-type')).toMatch(/^text\/csv; charset=utf-8/)
      const lines = text.trimEnd().split('\r\n')
      expect(lines[0]).toMatch(/^seq,id,at,action,actor,target,requestId,scope,before,after,/)
      expect(lines).toHaveLength((await wholeLog()).length + 1)
      expect(text).not.toMatch(/(^|,)"?[=+@]/m)
    })

    test('narrowed as the list is, and in the form that Accept has', async () => {
      const { text } = await read(`?format=jsonl&target=${server.admin.clientId}`)
      expect(
        new Set(
          text
            .trimEnd()
            .split('\n')
            .map((one) => JSON.parse(one).target.id),
        ),
      ).toEqual(new Set([server.admin.clientId]))
      const accept = { accept: 'text/csv' }
      const answer = await server.manage('GET', '/api/audit', undefined, accept)
      expect(answer.headers.get('content-type')).toMatch(/^text\/csv/)
      expect((await read('?format=xml')).body.field).toBe('format')
      expect((await read('?format=csv&per_page=2')).body.field).toBe('per_page')
    })

    test('by nobody who may not read it', async () => {
      const caller = await callerFor(server, await create(server, { permissions: [manage] }))
      expect((await caller('GET', '/api/audit?format=csv')).status).toBe(403)
    })
  })
})
