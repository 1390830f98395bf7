import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { callerFor } from '../api/mia/accounts.ts'
import { bodyOf, member, newTree, type Tree } from '../api/mia/companies.ts'
import { type Credentials, startTestServer, type TestServer } from '../support/server.ts'
import { onEachStore } from '../support/stores.ts'

onEachStore('the owners of a company', (store) => {
  const { env, leave } = store.fresh()
  let dir = ''
  let one: TestServer
  let other: TestServer
  let tree: Tree
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'ostiary-owners-'))
    one = await startTestServer({ beside: { env, dir } })
    // An embedded store has one process.
    other = store.name === 'SQLite' ? one : await startTestServer({ beside: { env, dir } })
    tree = await newTree(one)
  })
  afterAll(async () => {
    if (other !== one) await other.close()
    await one.close()
    await leave()
    await rm(dir, { recursive: true })
  })

  const owner = async () => await member(one, tree, { role: 'company-owner' })
  const accountPath = ({ clientId }: Credentials) => `${tree.path}/service-accounts/${clientId}`

  /** How many of these accounts own the company still. */
  async function owning(...accounts: readonly Credentials[]): Promise<number> {
    const holders = `/api/access/holders?permission=console.company.delete&resource=${tree.companyId}`
    const rows: { identityId: string }[] = bodyOf(await one.manage('GET', holders), 200)
    const ids = accounts.map(({ clientId }) => clientId)
    return rows.filter(({ identityId }) => ids.includes(identityId)).length
  }

  const group = async (of: Credentials) =>
    bodyOf(
      await one.manage('POST', `${tree.path}/groups`, {
        name: of.clientId,
        role: 'company-owner',
        members: [of.clientId],
      }),
      201,
    )

  test.each([
    ['demote', { method: 'PATCH', body: { role: 'reporter' } }],
    ['delete', { method: 'DELETE', body: undefined }],
    ['disable', { method: 'PATCH', body: { state: 'disabled' } }],
  ])('are never all gone, though the last two %s each other at once', async (_how, end) => {
    for (let round = 0; round < 5; round += 1) {
      const [left, right] = [await owner(), await owner()]
      const [asLeft, asRight] = [await callerFor(one, left), await callerFor(other, right)]
      const answers = await Promise.all([
        asLeft(end.method, accountPath(right), end.body),
        asRight(end.method, accountPath(left), end.body),
      ])
      const isDone = answers.map(({ status }) => status < 300)
      expect(isDone).not.toEqual([true, true])
      for (const account of [left, right]) await one.manage('DELETE', accountPath(account))
      expect(await owning(left, right)).toBe(0)
    }
  })

  test('are never all gone, though each empties the group of the other at once', async () => {
    for (let round = 0; round < 5; round += 1) {
      const [left, right] = [await member(one, tree), await member(one, tree)]
      const [ofLeft, ofRight] = [await group(left), await group(right)]
      const [asLeft, asRight] = [await callerFor(one, left), await callerFor(other, right)]
      const answers = await Promise.all([
        asLeft('DELETE', `${tree.path}/groups/${ofRight.groupId}`),
        asRight('PATCH', `${tree.path}/groups/${ofLeft.groupId}`, { role: '' }),
      ])
      expect(answers.map(({ status }) => status < 300)).not.toEqual([true, true])
      for (const account of [left, right]) await one.manage('DELETE', accountPath(account))
      for (const { groupId } of [ofLeft, ofRight]) {
        await one.manage('DELETE', `${tree.path}/groups/${groupId}`)
      }
    }
  })

  test('cannot leave as the last one, and whoever gives roles everywhere can have them go', async () => {
    const last = await owner()
    const asLast = await callerFor(one, last)
    const refused = await asLast('PATCH', accountPath(last), { role: '' })
    expect([refused.status, refused.body.code]).toEqual([409, 'company.last_owner'])
    expect(await owning(last)).toBe(1)
    expect(await one.manage('PATCH', accountPath(last), { role: '' })).toMatchObject({
      status: 200,
    })
    expect(await owning(last)).toBe(0)
  })
})
