import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { times } from '../../contract/samples.ts'
import { startTestServer, type TestServer } from '../../support/server.ts'
import { onEachStore } from '../../support/stores.ts'
import { bodyOf, newTree, uniqueWord } from './companies.ts'

onEachStore('what is bounded', (store) => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer({ store })
  })
  afterAll(async () => await server.close())

  test.each([
    ['client keys', 100, '/api/client-keys', 'client_key.limit', {}],
    ['roles of a company', 200, '/roles', 'role.limit', { permissions: [] }],
  ])(
    'is made up to its bound when many make it at once: %s',
    async (_, most, path, code, given) => {
      const tree = await newTree(server)
      const list = path.startsWith('/api') ? path : `${tree.path}${path}`
      const make = () => server.manage('POST', list, { name: uniqueWord('one'), ...given })
      const there = bodyOf(await server.manage('GET', list), 200).length
      for (let left = most - there - 3; left > 0; left -= 50) {
        await Promise.all(times(Math.min(left, 50), make))
      }
      const answers = await Promise.all(times(8, make))
      const said = answers.map(({ status, body }) => (status === 201 ? 'made' : body.code))
      expect(said.toSorted()).toEqual([...times(5, () => code), 'made', 'made', 'made'].toSorted())
    },
  )
})
