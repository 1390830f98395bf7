import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { openTestIssuer, type TestIssuer } from '../../support/issuer.ts'
import { startTestServer, type TestServer } from '../../support/server.ts'
import { onEachStore } from '../../support/stores.ts'
import { bodyOf, newTree } from './companies.ts'
import { holderOf, trust } from './persons.ts'

onEachStore('an owner of a company whose issuer is not trusted', (store) => {
  let server: TestServer
  const issuers: TestIssuer[] = []
  beforeAll(async () => {
    server = await startTestServer({ store })
  })
  afterAll(async () => {
    await server.close()
    for (const issuer of issuers) await issuer.close()
  })

  /** An owner of a company by an issuer of their own. */
  async function newOwner(path: string) {
    const issuer = await openTestIssuer()
    issuers.push(issuer)
    const issuerId = await trust(server, issuer.url)
    const iat = Math.floor((Date.now() + server.clock.offset) / 1000)
    const email = `owner-${issuers.length}@people.example`
    const who = { sub: 'owner', email, email_verified: true, iat, exp: iat + 300 }
    const call = holderOf(server, issuer.token(who))
    bodyOf(await server.manage('POST', `${path}/users`, { email, role: 'company-owner' }), 201)
    const { id } = bodyOf(await call('GET', '/api/me'), 200)
    return { call, id, issuer: `/api/issuers/${issuerId}` }
  }

  test.each([
    ['disabled', 'PATCH', { state: 'disabled' }],
    ['deleted', 'DELETE', undefined],
  ] as const)(
    'may do nothing, and is none with whom a company keeps an owner: it is %s',
    async (_, method, body) => {
      const { path, companyId } = await newTree(server)
      const [last, other] = [await newOwner(path), await newOwner(path)]
      const permission = 'console.company.delete'
      const query = `permission=${permission}&resource=${companyId}`
      const told = async () => {
        const question = { subject: other.id, permission, resource: companyId }
        const check = await last.call('POST', '/api/access/check', question)
        const why = await last.call('GET', `/api/access/explain?${query}&subject=${other.id}`)
        const holders = await last.call('GET', `/api/access/holders?${query}`)
        const ids = bodyOf(holders, 200).map((row: { identityId: string }) => row.identityId)
        return [
          bodyOf(check, 200).allowed,
          bodyOf(why, 200).why.inactive ?? false,
          ids.includes(other.id),
        ]
      }
      expect(await told()).toEqual([true, false, true])
      expect((await server.manage(method, other.issuer, body)).status).toBeLessThan(300)
      expect(await told()).toEqual([false, true, false])
      const leaves = await last.call('PATCH', `${path}/users/${last.id}`, { role: '' })
      expect([leaves.status, leaves.body.code]).toEqual([409, 'company.last_owner'])
    },
  )

  test('owns it again when it is trusted again', async () => {
    const { path } = await newTree(server)
    const [last, other] = [await newOwner(path), await newOwner(path)]
    await server.manage('PATCH', other.issuer, { state: 'disabled' })
    await server.manage('PATCH', other.issuer, { state: 'enabled' })
    const leaves = await last.call('PATCH', `${path}/users/${last.id}`, { role: '' })
    expect(leaves.status).toBe(200)
  })
})
