import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { accountsPath } from '../../support/accounts.ts'
import { startTestServer, type TestServer } from '../../support/server.ts'
import { type Caller, callerFor, create, manage } from './accounts.ts'
import { bodyOf, uniqueWord } from './companies.ts'

const found = 'console.root.company.create'

let server: TestServer
let manager: Caller

beforeAll(async () => {
  server = await startTestServer()
  manager = await callerFor(server, await create(server, { permissions: [manage, found] }))
})
afterAll(async () => await server.close())

describe('whoever manages root accounts does not become the owner of a company by way of its founder', () => {
  test.each([
    ['a secret of its own', 'POST', '/credentials', {}],
    ['its rotated secret', 'POST', '/rotate', { overlapSeconds: 0 }],
  ])('by %s', async (_, method, end, body) => {
    const who = await create(server, { permissions: [found] })
    const path = `${accountsPath}/${who.clientId}`
    expect((await manager('POST', `${path}/credentials`, {})).status).toBe(201)
    const founder = await callerFor(server, who)
    bodyOf(await founder('POST', '/api/companies', { name: uniqueWord('company') }), 201)
    const answer = await manager(method, `${path}${end}`, body)
    expect([answer.status, answer.body.code]).toEqual([403, 'grant.exceeds_own'])
  })
})
