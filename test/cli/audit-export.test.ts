import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { member, newTree, type Tree } from '../api/mia/companies.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { operator, ostiary, ostiaryProcess } from './command-line.ts'

let server: TestServer
let env: Record<string, string>
let tree: Tree
let dir: string

beforeAll(async () => {
  server = await startTestServer()
  env = operator(server)
  tree = await newTree(server)
  dir = await mkdtemp(join(tmpdir(), 'ostiary-test-'))
})
afterAll(async () => {
  await server.close()
  await rm(dir, { recursive: true, force: true })
})

const linesOf = (given: string) => given.trimEnd().split('\n')

describe('ostiary audit export', () => {
  test('prints every entry as a line of JSON, newest first', async () => {
    const { stdout } = await ostiary(['audit', 'export'], env)
    const listed = (await ostiary(['audit', 'list', '--json'], env)).json
    expect(linesOf(stdout).map((line) => JSON.parse(line))).toEqual(listed)
  })

  test('leaves what is piped on as it came, and takes no more than is read', async () => {
    const { stdout } = await ostiaryProcess(['audit', 'export', '--format', 'csv'], env)
    expect(stdout).toMatch(/^seq,id,at,action,actor,.*\r\n/)
    const pipe = new PassThrough({ highWaterMark: 16 })
    const [piped] = await Promise.all([
      text(pipe),
      ostiary(['audit', 'export', '--format', 'csv'], env, { pipe }).then(() => pipe.end()),
    ])
    expect(piped).toBe(stdout)
  })

  test('shows no line break of a table on a terminal that would not be seen', async () => {
    const { stdout } = await ostiary(['audit', 'export', '--format', 'csv'], env)
    expect(stdout).toMatch(/^seq,id,at,action,actor,[^\r]*\n/)
    expect(stdout).not.toContain('\\u000d')
  })

  test('writes a file for its owner alone, in the place of the former one', async () => {
    const file = join(dir, 'log.jsonl')
    for (const flags of [['--target', tree.companyId], []]) {
      const { code, stdout } = await ostiary(['audit', 'export', '--out', file, ...flags], env)
      expect([code, stdout]).toEqual([0, `the entries are in ${file}\n`])
    }
    const listed = (await ostiary(['audit', 'list', '--json'], env)).json
    expect(linesOf(await readFile(file, 'utf8'))).toHaveLength(listed.length)
    expect((await stat(file)).mode & 0o777).toBe(0o600)
  })

  test('leaves nothing of a file that does not come whole, and takes the place of no device', async () => {
    const file = join(dir, 'refused.csv')
    const refused = await ostiary(
      ['audit', 'export', '--company', 'comp_000000000000000000000000000000', '--out', file],
      env,
    )
    expect(refused.code).toBe(1)
    expect((await readdir(dir)).filter((name) => name.includes('refused'))).toEqual([])
    const device = await ostiary(['audit', 'export', '--out', '/dev/null'], env)
    expect([device.code, device.stderr]).toEqual([2, expect.stringContaining('is no file')])
  })

  test('has the entries of a company, narrowed as its list is', async () => {
    await member(server, tree, { role: 'guest' })
    const flags = ['--company', tree.companyId, '--operation', 'Creation']
    const { stdout } = await ostiary(['audit', 'export', ...flags], env)
    const listed = (await ostiary(['audit', 'list', '--json', ...flags], env)).json
    expect(linesOf(stdout).map((line) => JSON.parse(line))).toEqual(listed)
  })
})

describe('ostiary attention', () => {
  const around = { columns: 80 }
  test('says so when nothing needs a look', async () => {
    const { companyId } = await newTree(server)
    const { stdout } = await ostiary(['attention', '--company', companyId], env)
    expect(stdout).toBe('nothing needs a look\n')
  })

  test('shows each reason with the accounts that it is about, within the terminal', async () => {
    const own = await newTree(server)
    const expiresAt = new Date(Date.now() + server.clock.offset + 3_600_000).toISOString()
    const name = 'an account of a name that is longer than there is room for'
    const { clientId } = await member(server, own, { name, expiresAt })
    const path = `${own.path}/service-accounts`
    const draft = await member(server, own)
    await server.manage('PATCH', `${path}/${draft.clientId}`, { state: 'DRAFT' })
    const { stdout } = await ostiary(['attention', '--company', own.companyId], env, around)
    const lines = linesOf(stdout)
    expect(lines[0]).toBe('a credential ends within 30 days: 1')
    expect(lines[1]).toMatch(/^ENDS +NAME +CLIENT ID$/)
    expect(lines[2]).toContain(clientId)
    expect(stdout).toContain('\n\nwaits to be approved: 1\n')
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(80)
    const { json } = await ostiary(['attention', '--company', own.companyId, '--json'], env)
    expect(json.expiring).toMatchObject({ count: 1, first: [{ clientId, at: expiresAt }] })
  })
})

describe('ostiary accounts', () => {
  test('lets an account say claims of itself, and takes that away', async () => {
    const flags = ['--permissions', 'console.root.view', '--custom-claims', 'team,region']
    const made = await ostiary(['accounts', 'create', '--name', 'says', '--json', ...flags], env)
    const { clientId } = made.json
    const shown = await ostiary(['accounts', 'show', clientId], env)
    expect(shown.stdout).toMatch(/^custom claims +team, region$/m)
    const none = ['accounts', 'update', clientId, '--custom-claims', '']
    expect((await ostiary(none, env)).stdout).not.toContain('custom claims')
    const of = ['--company', tree.companyId]
    const own = await ostiary(
      ['accounts', 'create', '--name', 'own', '--custom-claims', 'team', '--json', ...of],
      env,
    )
    const read = await ostiary(['accounts', 'show', own.json.clientId, ...of], env)
    expect(read.stdout).toMatch(/^custom claims +team$/m)
  })
})
