import { generateKeyPairSync } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { openTestIssuer, type TestIssuer } from '../../support/issuer.ts'
import { startTestServer, type TestServer } from '../../support/server.ts'
import { onEachStore } from '../../support/stores.ts'
import { bodyOf, companyAccount, newTree, type Tree, uniqueWord } from './companies.ts'
import { holderOf, trust } from './persons.ts'

const publicKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({
  format: 'jwk',
})
const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString()

interface Row {
  readonly name: string
}

onEachStore('lists that are narrowed by what their rows show', (store) => {
  let server: TestServer
  let people: TestIssuer
  let tree: Tree
  let own = ''

  beforeAll(async () => {
    server = await startTestServer({ store })
    people = await openTestIssuer()
    await trust(server, people.url)
    tree = await newTree(server)
    const post = async (path: string, body: object) =>
      bodyOf(await server.manage('POST', `${tree.path}/${path}`, body), 201)
    own = (await post('roles', { name: 'own', permissions: ['console.company.view'] })).roleId
    await post('service-accounts', companyAccount({ name: 'ci', role: own }))
    const drafted = companyAccount({ name: 'waiting', role: 'guest' })
    const { clientId } = await post('service-accounts', drafted)
    const waiting = `${tree.path}/service-accounts/${clientId}`
    bodyOf(await server.manage('PATCH', waiting, { state: 'DRAFT' }), 200)
    const byKey = { name: 'key', tokenEndpointAuthMethod: 'private_key_jwt', publicKey }
    const key = await post('service-accounts', companyAccount(byKey))
    await post('groups', { name: 'writers', role: own, members: [key.clientId] })
    await post('groups', { name: 'idle' })

    const invite = async (email: string, role: string) => await post('users', { email, role })
    await invite('open@people.example', 'reporter')
    for (const [name, role] of [
      ['in', own],
      ['out', 'reporter'],
    ] as const) {
      const email = `${name}@people.example`
      const { userId } = await invite(email, role)
      const claims = { sub: name, name, email, email_verified: true }
      bodyOf(await holderOf(server, people.token(claims))('GET', '/api/me'), 200)
      if (name !== 'out') continue
      bodyOf(await server.manage('PATCH', `/api/users/${userId}`, { state: 'disabled' }), 200)
    }
  })
  afterAll(async () => {
    await server.close()
    await people.close()
  })

  const names = async (path: string): Promise<readonly string[]> => {
    const rows: readonly Row[] = bodyOf(await server.manage('GET', path), 200)
    return rows.map(({ name }) => name)
  }
  const query = (text: string) => `sort=name&${text.replace('OWN', own)}`

  test.each([
    ['users', 'state=invited', ['open@people.example']],
    ['users', 'state=enabled', ['in']],
    ['users', 'state=disabled', ['out']],
    ['users', 'role=OWN', ['in']],
    ['users', 'role=reporter', ['open@people.example', 'out']],
    ['users', 'role=reporter&state=disabled', ['out']],
    ['users', `unusedSince=${inDays(-1)}`, ['open@people.example']],
    ['groups', 'role=OWN', ['writers']],
    ['groups', 'role=guest', []],
    ['identities', 'role=OWN', ['ci', 'in', 'key', 'writers']],
    ['identities', 'role=OWN&identityType=serviceaccount', ['ci', 'key']],
    ['identities', 'state=DRAFT', ['waiting']],
    ['identities', 'state=PUBLIC', ['ci', 'in', 'key']],
    ['identities', 'state=invited', ['open@people.example']],
    ['identities', 'state=disabled', ['out']],
    ['identities', 'method=private_key_jwt', ['key']],
    ['identities', 'method=client_secret_basic&role=guest', ['waiting']],
    ['service-accounts', 'role=OWN', ['ci']],
  ])('%s?%s leaves %j', async (list, text, expected) => {
    expect(await names(`${tree.path}/${list}?${query(text)}`)).toEqual(expected)
  })

  test('people of the whole installation are narrowed by state and by their last sign-in', async () => {
    const all = (text: string) => names(`/api/users?per_page=200&${query(text)}`)
    expect(await all('state=disabled')).toEqual(['out'])
    expect(await all('state=invited')).toEqual(['open@people.example'])
    expect(await all(`unusedSince=${inDays(-1)}`)).toEqual(['open@people.example'])
    expect(await all(`unusedSince=${inDays(1)}&state=enabled`)).toEqual(['in'])
  })

  test('companies are narrowed by state, as soon as it changes', async () => {
    const word = uniqueWord('switched')
    const { companyId } = bodyOf(await server.manage('POST', '/api/companies', { name: word }), 201)
    const found = async (state: string) =>
      names(`/api/companies?q=${encodeURIComponent(word)}&state=${state}`)
    expect([await found('enabled'), await found('disabled')]).toEqual([[word], []])
    const path = `/api/companies/${companyId}`
    bodyOf(await server.manage('PATCH', path, { state: 'disabled' }), 200)
    expect([await found('enabled'), await found('disabled')]).toEqual([[], [word]])
  })

  test('clients are narrowed as accounts are', async () => {
    const clients = (text: string) => names(`/clients?companyId=${tree.companyId}&${query(text)}`)
    expect(await clients('state=DRAFT')).toEqual(['waiting'])
    expect(await clients('method=private_key_jwt')).toEqual(['key'])
    expect(await clients('rotating=true')).toEqual([])
    expect(await clients(`unusedSince=${inDays(1)}`)).toEqual(['ci', 'key', 'waiting'])
    expect(await clients(`expiresBefore=${inDays(1)}`)).toEqual([])
    expect(await clients('_st=PUBLIC&method=private_key_jwt')).toEqual(['key'])
    const both = await server.manage('GET', '/clients?_st=PUBLIC&state=enabled')
    expect([both.status, both.body.field]).toEqual([400, '_st'])
  })

  test.each([
    ['/api/companies', 'state', 'DRAFT'],
    ['/api/users', 'state', 'DRAFT'],
    ['/api/users', 'role', 'guest'],
    ['users', 'state', 'PUBLISHED'],
    ['users', 'role', 'nobody'],
    ['users', 'unusedSince', 'tomorrow'],
    ['groups', 'role', 'nobody'],
    ['groups', 'state', 'enabled'],
    ['identities', 'role', 'nobody'],
    ['identities', 'state', 'nowhere'],
    ['identities', 'method', 'none'],
    ['service-accounts', 'role', 'nobody'],
    ['/clients', 'role', 'guest'],
  ])('%s?%s=%s… is refused by the name of the parameter', async (list, field, value) => {
    const path = list.startsWith('/') ? list : `${tree.path}/${list}`
    const { status, body } = await server.manage('GET', `${path}?${field}=${value}`)
    expect([status, body.field]).toEqual([400, field])
  })

  test('a role of another company is none here', async () => {
    const other = await newTree(server)
    const { status, body } = await server.manage('GET', `${other.path}/identities?role=${own}`)
    expect([status, body.field]).toEqual([400, 'role'])
  })

  test('a cursor is of its filter alone', async () => {
    const path = `${tree.path}/identities?per_page=1`
    const { headers } = await server.manage('GET', `${path}&role=${own}`)
    expect(headers.get('x-total-count')).toBe('4')
    const cursor = /[?&]cursor=([^&>]*)/.exec(headers.get('link') ?? '')?.[1]
    expect((await server.manage('GET', `${path}&role=${own}&cursor=${cursor}`)).status).toBe(200)
    const { status, body } = await server.manage('GET', `${path}&role=guest&cursor=${cursor}`)
    expect([status, body.field]).toEqual([400, 'cursor'])
  })
})
