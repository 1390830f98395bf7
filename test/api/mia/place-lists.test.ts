import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { startTestServer, type TestServer } from '../../support/server.ts'
import { onEachStore } from '../../support/stores.ts'
import { bodyOf, memberCaller, newTree, type Tree } from './companies.ts'

onEachStore('lists of companies and projects', (store) => {
  let server: TestServer
  let tree: Tree

  beforeAll(async () => {
    server = await startTestServer({ store })
    tree = await newTree(server)
    for (const name of ['beta', 'Alpha', 'gamma']) {
      bodyOf(await server.manage('POST', '/api/companies', { name }), 201)
      bodyOf(await server.manage('POST', `${tree.path}/projects`, { name }), 201)
    }
  })
  afterAll(async () => await server.close())

  const names = async (path: string) => {
    const rows = bodyOf(await server.manage('GET', path), 200)
    return rows.map(({ name }: { name: string }) => name)
  }
  const lists = ['companies', 'projects', 'projects of one company'] as const
  const pathOf = (list: (typeof lists)[number]) =>
    ({
      companies: '/api/companies',
      projects: '/api/projects',
      'projects of one company': `${tree.path}/projects`,
    })[list]

  test.each(lists)('%s are sorted, searched and paged, and counted', async (list) => {
    const path = pathOf(list)
    expect(await names(`${path}?q=A&sort=name`)).toEqual(
      expect.arrayContaining(['Alpha', 'beta', 'gamma']),
    )
    expect(await names(`${path}?q=ALPHA`)).toEqual(['Alpha'])
    const all = await names(path)
    expect(all.slice(1)).toEqual(['beta', 'Alpha', 'gamma'])
    expect(await names(`${path}?sort=-createdAt`)).toEqual(all.toReversed())
    const { headers, body } = await server.manage('GET', `${path}?sort=-name&per_page=3`)
    expect([body.length, headers.get('x-total-count')]).toEqual([3, '4'])
    const next = /<([^>]*)>; rel="next"/.exec(headers.get('link') ?? '')?.[1] ?? ''
    expect(next).toContain('cursor=')
    expect(await names(next)).toEqual(['Alpha'])
    const altered = await server.manage('GET', next.replace('cursor=', 'cursor=A'))
    expect([altered.status, altered.body.field]).toEqual([400, 'cursor'])
  })

  test('an order stays when what is in it changes', async () => {
    const [first] = bodyOf(await server.manage('GET', '/api/companies'), 200)
    const before = await names('/api/companies')
    const path = `/api/companies/${first.companyId}`
    bodyOf(await server.manage('PATCH', path, { description: 'changed' }), 200)
    expect(await names('/api/companies')).toEqual(before)
  })

  test('show somebody of one company that company alone', async () => {
    const reporter = await memberCaller(server, tree, { role: 'reporter' })
    const { body, headers } = await reporter('GET', '/api/companies')
    expect(body.map(({ companyId }: Tree) => companyId)).toEqual([tree.companyId])
    expect(headers.get('x-total-count')).toBe('1')
    expect((await reporter('GET', '/api/projects')).body).toHaveLength(4)
    const nobody = await memberCaller(server, tree)
    expect((await nobody('GET', '/api/companies')).body).toEqual([])
  })

  test('show whoever has a role below a company that company, as a guest of it sees it', async () => {
    const { companyId, projectId, envId } = tree
    await newTree(server)
    const guest = await memberCaller(server, tree, { role: 'guest' })
    const seen = bodyOf(await guest('GET', '/api/companies'), 200)
    expect(seen).toMatchObject([{ companyId }])
    const environmentsRole = [{ envId, role: 'reporter' }]
    for (const role of [{ role: 'guest' }, { role: '', environmentsRole }]) {
      const caller = await memberCaller(server, tree, { projectsRole: [{ projectId, ...role }] })
      for (const path of ['/api/companies', '/api/backend/tenants/']) {
        const { body, headers } = await caller('GET', path)
        expect(body).toMatchObject([{ companyId, name: seen[0].name, slug: seen[0].slug }])
        expect(headers.get('x-total-count')).toBe('1')
      }
      expect(bodyOf(await caller('GET', '/api/companies'), 200)).toEqual(seen)
      const me = bodyOf(await caller('GET', '/api/me'), 200)
      expect(me.companies).toMatchObject([{ companyId, name: seen[0].name }])
      expect(me.totals).toMatchObject({ companies: 1 })
      // It is named, and nothing in it is open for that.
      expect((await caller('GET', tree.path)).status).toBe(403)
      expect((await caller('GET', `${tree.path}/service-accounts`)).status).toBe(403)
    }
  })
})
