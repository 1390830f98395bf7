import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { startTestServer, type TestServer } from '../../support/server.ts'
import { onEachStore } from '../../support/stores.ts'
import { bodyOf, memberCaller, newTree, type Tree } from './companies.ts'

onEachStore('lists of what there are few of', (store) => {
  let server: TestServer
  let tree: Tree

  const makings = {
    environments: { path: () => `/api/projects/${tree.projectId}/environments`, id: 'envId' },
    roles: { path: () => `${tree.path}/roles`, id: 'roleId', permissions: [] },
    'client keys': { path: () => '/api/client-keys', id: 'id' },
    issuers: { path: () => '/api/issuers', id: 'id', audience: 'x' },
  } as const
  const lists = Object.entries(makings).map(([list, making]) => [list, making] as const)

  beforeAll(async () => {
    server = await startTestServer({ store })
    tree = await newTree(server)
    for (const [, { path, id: _id, ...given }] of lists) {
      for (const name of ['beta', 'Alpha', 'gamma']) {
        const issuer = path() === '/api/issuers' && {
          issuer: `https://${name.toLowerCase()}.example`,
        }
        bodyOf(await server.manage('POST', path(), { name, ...given, ...issuer }), 201)
      }
    }
  })
  afterAll(async () => await server.close())

  const names = async (path: string): Promise<readonly string[]> => {
    const rows = bodyOf(await server.manage('GET', path), 200)
    return rows.map(({ name }: { name: string }) => name)
  }
  const next = (link: string | null) => /<([^>]*)>; rel="next"/.exec(link ?? '')?.[1] ?? ''

  test.each(lists)(
    '%s come whole and oldest first, unless something is asked for',
    async (_, { path }) => {
      const { headers } = await server.manage('GET', path())
      const all = await names(path())
      expect(all.slice(-3)).toEqual(['beta', 'Alpha', 'gamma'])
      expect([headers.get('x-total-count'), next(headers.get('link'))]).toEqual([
        `${all.length}`,
        '',
      ])
    },
  )

  test.each(lists)('%s are sorted, and searched by name and id', async (_, { path, id }) => {
    const all = await names(path())
    expect(await names(`${path()}?sort=-createdAt`)).toEqual(all.toReversed())
    const ours = (await names(`${path()}?sort=name`)).filter((name) => /alpha|beta|gam/i.test(name))
    expect(ours).toEqual(['Alpha', 'beta', 'gamma'])
    expect(await names(`${path()}?q=ALPHA`)).toEqual(['Alpha'])
    const rows = bodyOf(await server.manage('GET', path()), 200)
    const { [id]: last } = rows.at(-1)
    expect(await names(`${path()}?q=${last}`)).toEqual(['gamma'])
    expect(await names(`${path()}?q=none%20of%20them`)).toEqual([])
  })

  test.each(lists)('%s are paged by cursor, and by number', async (_, { path }) => {
    const all = await names(path())
    const first = await server.manage('GET', `${path()}?sort=-createdAt&per_page=2`)
    const onwards = next(first.headers.get('link'))
    expect([first.body.length, first.headers.get('x-total-count')]).toEqual([2, `${all.length}`])
    expect(await names(onwards)).toEqual(all.toReversed().slice(2, 4))
    expect(await names(`${path()}?page=2&per_page=2`)).toEqual(all.slice(2, 4))
    const altered = await server.manage('GET', onwards.replace('cursor=', 'cursor=A'))
    expect([altered.status, altered.body.field]).toEqual([400, 'cursor'])
  })

  test('environments are found and counted only where they may be seen', async () => {
    const { path } = makings.environments
    const environment = { envId: tree.envId, role: 'reporter' }
    const projectsRole = [{ projectId: tree.projectId, role: '', environmentsRole: [environment] }]
    const deployer = await memberCaller(server, tree, { projectsRole })
    const { body, headers } = await deployer('GET', `${path()}?sort=name`)
    expect(body.map(({ envId }: Tree) => envId)).toEqual([tree.envId])
    expect(headers.get('x-total-count')).toBe('1')
    expect((await deployer('GET', `${path()}?q=alpha`)).body).toEqual([])
  })
})
