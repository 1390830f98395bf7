import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { newTree, type Tree, uniqueWord } from '../api/mia/companies.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { operator, ostiary } from './command-line.ts'

const settled = { name: 'settled', issuer: 'https://settled.example', audience: 'ostiary' }

let server: TestServer
let env: Record<string, string>
let tree: Tree

beforeAll(async () => {
  const people = { OSTIARY_PEOPLE_ISSUERS: JSON.stringify([settled]) }
  server = await startTestServer({ env: people })
  env = operator(server)
  tree = await newTree(server)
})
afterAll(() => server.close())

const ask = (...args: readonly string[]) => ostiary(['issuers', ...args], env)

async function done(...args: readonly string[]) {
  const { code, json, stderr } = await ask(...args, '--json')
  expect([code, stderr]).toEqual([0, ''])
  return json
}

/** One that is trusted, by its name. */
async function trusted(...more: readonly string[]) {
  const name = uniqueWord('staff').replace(' ', '-')
  const url = `https://${name}.example`
  return await done('trust', url, '--name', name, '--audience', 'ostiary', ...more)
}

describe('ostiary issuers', () => {
  test('trusts an issuer for groups of a company, and shows and lists it', async () => {
    const claims = ['--person-claim', 'oid', '--groups-claim', 'groups']
    const made = await trusted(...claims, '--companies', tree.companyId)
    const members = { personClaim: 'oid', groupsClaim: 'groups', companies: [tree.companyId] }
    expect(made).toMatchObject({ ...members, allowInsecure: false, state: 'enabled' })
    const { stdout } = await ask('show', made.name)
    expect(stdout).toMatch(/^person claim +oid$/m)
    const listed = await done('list')
    expect(listed.map(({ id }: { id: string }) => id)).toContain(made.id)
    expect((await ask('list')).stdout).toMatch(
      /^\S+ +settled +https:\/\/settled\.example +enabled/m,
    )
  })

  test('changes how tokens are read; an empty text takes away', async () => {
    const { id } = await trusted('--groups-claim', 'groups', '--companies', tree.companyId)
    const read = await done('update', id, '--audience', 'other', '--groups-claim', '')
    expect(read).toMatchObject({ audience: 'other', companies: [tree.companyId] })
    expect(read).not.toHaveProperty('groupsClaim')
    expect(await done('update', id, '--companies', '')).toMatchObject({ companies: [] })
  })

  test('lets one be read over plain http only where that is said', async () => {
    const name = uniqueWord('local').replace(' ', '-')
    const local = ['trust', `http://127.0.0.1:9/${name}`, '--name', name, '--audience', 'ostiary']
    expect((await ask(...local)).code).toBe(1)
    expect(await done(...local, '--allow-insecure')).toMatchObject({ allowInsecure: true })
  })

  test('asks what shall be different, before anything is sent', async () => {
    const { code, stderr } = await ask('update', 'nobody')
    expect([code, stderr]).toEqual([2, expect.stringContaining('issuers update: say what')])
  })

  test('disables, enables and deletes one; deleting asks on a terminal', async () => {
    const { id, name } = await trusted()
    expect(await done('disable', name)).toMatchObject({ state: 'disabled' })
    expect((await ask('enable', id)).stdout).toContain(' is enabled\n')
    const asked = await ostiary(['issuers', 'delete', id], env, { ask: async () => 'no' })
    expect(asked.code).toBe(1)
    expect(await done('delete', name, '--yes')).toEqual({ id, deleted: true })
    expect((await ask('show', id)).code).toBe(1)
  })

  test('refuses to change one of the settings', async () => {
    const { code, stderr } = await ask('disable', 'settled', '--json')
    expect([code, JSON.parse(stderr).error.code]).toEqual([1, 'issuer.configured'])
  })
})
