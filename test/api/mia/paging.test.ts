import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { accountsPath } from '../../support/accounts.ts'
import { startTestServer, type TestServer } from '../../support/server.ts'
import { onEachStore } from '../../support/stores.ts'
import { create } from './accounts.ts'
import { bodyOf } from './companies.ts'

onEachStore('lists in pages', (store) => {
  let server: TestServer
  const made: string[] = []

  beforeAll(async () => {
    server = await startTestServer({ store })
    made.push(server.admin.clientId)
    for (let n = 1; n <= 29; n += 1) {
      made.push((await create(server, { name: `account ${n}` })).clientId)
    }
  })
  afterAll(async () => await server.close())

  const list = async (query: string) => {
    const answer = await server.manage('GET', `${accountsPath}${query}`)
    const ids: string[] = answer.body.map(({ clientId }: { clientId: string }) => clientId)
    return { ...answer, ids }
  }
  const links = (headers: Headers) =>
    Object.fromEntries(
      (headers.get('link') ?? '')
        .split(', ')
        .map((link) => /^<(.*)>; rel="(\w+)"$/.exec(link))
        .map((match) => [match?.[2], match?.[1]]),
    )

  test('gives 25 a page in the order of creation, with the total', async () => {
    const { status, ids, headers } = await list('')
    expect(status).toBe(200)
    expect(ids).toEqual(made.slice(0, 25))
    expect(headers.get('x-total-count')).toBe('30')
    expect(links(headers)).toEqual({
      first: `${accountsPath}?page=1&per_page=25`,
      next: expect.stringMatching(/\?cursor=[^&]+&per_page=25$/),
      last: `${accountsPath}?page=2&per_page=25`,
    })
    expect(links((await list('?page=1')).headers)['next']).toBe(
      `${accountsPath}?page=2&per_page=25`,
    )
  })

  test('gives every account exactly once by following the links', async () => {
    const seen: string[] = []
    let next: string | undefined = `${accountsPath}?per_page=7`
    while (next !== undefined) {
      const { ids, headers } = await list(next.slice(accountsPath.length))
      seen.push(...ids)
      next = links(headers)['next']
    }
    expect(seen).toEqual(made)
  })

  test.each([[accountsPath], ['/clients']])(
    'shows every account of %s that stays, while one of a page that was read is deleted',
    async (path) => {
      const own = ['']
      for (const name of ['first', 'second', 'third']) {
        own.push((await create(server, { name: `${name} of ${path}` })).clientId)
      }
      const all = bodyOf(await server.manage('GET', `${path}?per_page=200`), 200)
      const page = await server.manage('GET', `${path}?per_page=${all.length - 1}`)
      await server.manage('DELETE', `${accountsPath}/${own[1]}`)
      const rest = bodyOf(await server.manage('GET', links(page.headers)['next'] ?? ''), 200)
      expect(rest.map(({ clientId }: { clientId: string }) => clientId)).toEqual([own[3]])
      for (const clientId of own.slice(2)) {
        await server.manage('DELETE', `${accountsPath}/${clientId}`)
      }
    },
  )

  test('links to the page before, and to none after the last', async () => {
    const { headers, ids } = await list('?page=3&per_page=10')
    expect(ids).toEqual(made.slice(20))
    expect(links(headers)).toEqual({
      first: `${accountsPath}?page=1&per_page=10`,
      prev: `${accountsPath}?page=2&per_page=10`,
      last: `${accountsPath}?page=3&per_page=10`,
    })
  })

  test('gives up to 200 a page, and an empty page beyond the end', async () => {
    expect((await list('?per_page=200')).ids).toEqual(made)
    const beyond = await list('?page=50&per_page=200')
    expect([beyond.status, beyond.ids]).toEqual([200, []])
    expect(beyond.headers.get('x-total-count')).toBe('30')
  })

  test('keeps the order while accounts are changed', async () => {
    await server.manage('PATCH', `${accountsPath}/${made[3]}`, { description: 'changed' })
    expect((await list('?per_page=10')).ids).toEqual(made.slice(0, 10))
  })

  test('sorts by name or by creation, from either end', async () => {
    const names = async (query: string) => {
      const { body } = await server.manage('GET', `${accountsPath}${query}`)
      return body.map(({ name }: { name: string }) => name)
    }
    const all = await names('?per_page=200')
    expect(await names('?per_page=200&sort=createdAt')).toEqual(all)
    expect(await names('?per_page=200&sort=-createdAt')).toEqual(all.toReversed())
    expect(await names('?per_page=200&sort=name')).toEqual(all.toSorted())
    expect(await names('?sort=-name&per_page=4&page=2')).toEqual(
      all.toSorted().toReversed().slice(4, 8),
    )
  })

  test('finds accounts by a part of their name, with the total of those that were found', async () => {
    const { status, body, headers } = await list('?q=T%201&per_page=3')
    expect([status, body.length, headers.get('x-total-count')]).toEqual([200, 3, '11'])
    expect((await list('?q=nowhere')).ids).toEqual([])
  })

  test('links onwards by cursor where a list is sorted or searched, and shows each account once', async () => {
    for (const query of [
      '?sort=-name&per_page=7',
      '?sort=createdAt&per_page=7',
      '?q=o&per_page=7',
    ]) {
      const seen: string[] = []
      let next: string | undefined = `${accountsPath}${query}`
      while (next !== undefined) {
        const { ids, headers } = await list(next.slice(accountsPath.length))
        seen.push(...ids)
        next = links(headers)['next']
        if (next) expect(next).toContain('cursor=')
      }
      expect([query, seen.toSorted()]).toEqual([query, made.toSorted()])
    }
  })

  test('refuses the cursor of another list, and one that was altered, and names it', async () => {
    const { headers } = await list('?sort=name&per_page=2')
    const next = links(headers)['next'] ?? ''
    const cursor = new URLSearchParams(next.split('?')[1]).get('cursor')
    for (const query of [
      `?cursor=${cursor}`,
      `?sort=-name&cursor=${cursor}`,
      `?sort=name&q=a&cursor=${cursor}`,
      `?sort=name&cursor=A${cursor}`,
      `?sort=name&cursor=${cursor}&page=1`,
    ]) {
      const { status, body } = await server.manage('GET', `${accountsPath}${query}`)
      expect([query, status, body.code, body.field]).toEqual([
        query,
        400,
        'request.invalid',
        'cursor',
      ])
    }
    expect((await list(`?sort=name&cursor=${cursor}`)).status).toBe(200)
  })

  test.each([
    ['sort=owner', 'sort'],
    ['sort=', 'sort'],
    ['sort=name&sort=-name', 'sort'],
    ['q=', 'q'],
    [`q=${'a'.repeat(129)}`, 'q'],
    ['q[$regex]=.*', 'q[$regex]'],
    ['cursor=1', 'cursor'],
    ['cursor=', 'cursor'],
    ['page=0', 'page'],
    ['page=-1', 'page'],
    ['page=1.5', 'page'],
    ['page=1e1', 'page'],
    ['page=', 'page'],
    ['page=1&page=2', 'page'],
    ['page[]=1', 'page[]'],
    ['page[$gt]=1', 'page[$gt]'],
    ['per_page=0', 'per_page'],
    ['per_page=201', 'per_page'],
    ['per_page=99999999999', 'per_page'],
    ['name[$ne]=', 'name[$ne]'],
    ['fields=secret', 'fields'],
    ['expand=*', 'expand'],
    ['__proto__=1', '__proto__'],
  ])('refuses ?%s and names the parameter', async (query, field) => {
    const { status, body } = await server.manage('GET', `${accountsPath}?${query}`)
    expect(status).toBe(400)
    expect(body).toMatchObject({ field, message: expect.stringContaining(field) })
  })
})
