import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { uniqueWord } from '../api/mia/companies.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { operator, ostiary } from './command-line.ts'

let server: TestServer
let env: Record<string, string>

beforeAll(async () => {
  server = await startTestServer()
  const { OSTIARY_CLIENT_KEY: _, ...keyless } = operator(server)
  env = keyless
})
afterAll(() => server.close())

const ask = (...args: readonly string[]) => ostiary(args, env)

async function done(...args: readonly string[]) {
  const { code, json, stderr } = await ask(...args, '--json')
  expect([code, stderr]).toEqual([0, ''])
  return json
}

const newCompany = () => done('companies', 'create', '--name', uniqueWord('Company'))

describe('ostiary companies', () => {
  test('makes, lists, shows, renames, disables, enables and deletes a company', async () => {
    const { companyId } = await newCompany()
    const ids = (await done('companies', 'list')).map((one: { companyId: string }) => one.companyId)
    expect(ids).toContain(companyId)
    const name = uniqueWord('Renamed')
    expect(await done('companies', 'rename', companyId, '--name', name)).toMatchObject({ name })
    const other = uniqueWord('Again')
    const { stdout } = await ask('companies', 'rename', companyId, '--name', other)
    expect(stdout).toBe(`the company is now called ${other} (${companyId})\n`)
    await done('companies', 'rename', companyId, '--name', name)
    expect(await done('companies', 'disable', companyId)).toMatchObject({ state: 'disabled' })
    expect(await done('companies', 'enable', companyId)).toMatchObject({ state: 'enabled' })
    expect(await done('companies', 'show', companyId)).toMatchObject({ name, projects: [] })
    const deleted = await done('companies', 'delete', companyId, '--yes')
    expect(deleted).toEqual({ companyId, deleted: true })
    const { code, stderr } = await ask('companies', 'show', companyId)
    expect([code, stderr]).toEqual([1, expect.stringContaining('no company')])
  })

  test('lists those of a name, in the order that is asked for', async () => {
    const word = uniqueWord('Chain')
    for (const name of ['b', 'A']) await done('companies', 'create', '--name', `${word} ${name}`)
    const listed = await done('companies', 'list', '--search', word, '--sort', 'name')
    expect(listed.map(({ name }: { name: string }) => name)).toEqual([`${word} A`, `${word} b`])
  })

  test('asks before it deletes one, by its name and id', async () => {
    const { companyId, name } = await newCompany()
    const asked: string[] = []
    const answer = async (question: string) => {
      asked.push(question)
      return 'no'
    }
    const args = ['companies', 'delete', companyId]
    const { code, stderr } = await ostiary(args, env, { ask: answer })
    expect([code, stderr]).toEqual([1, 'ostiary: nothing was changed\n'])
    expect(asked).toEqual([expect.stringContaining(`Delete the company ${name} (${companyId})`)])
  })

  test('is told of a company by its slug or its name too', async () => {
    const { companyId, name, slug } = await newCompany()
    for (const given of [slug, name]) {
      expect(await done('companies', 'show', given)).toMatchObject({ companyId })
    }
  })

  test('refuses a name that no company has which may be seen', async () => {
    const { code, stderr } = await ask('companies', 'show', 'nobody', '--json')
    const { error } = JSON.parse(stderr)
    expect([code, error.code, error.exitCode]).toEqual([1, 'unknown', 1])
    expect(error.message).toBe('none of the companies that you may see is "nobody"')
  })
})

describe('ostiary projects and ostiary environments', () => {
  test('make, list, show, rename and delete what is in a company, by names', async () => {
    const { companyId, name: company } = await newCompany()
    const of = ['--company', company]
    const { projectId } = await done('projects', 'create', ...of, '--name', 'Shop')
    const within = ['--project', 'shop', ...of]
    const { envId } = await done('environments', 'create', ...within, '--name', 'Test')
    expect(await done('projects', 'list', ...of)).toMatchObject([{ projectId, companyId }])
    expect(await done('environments', 'list', ...within)).toMatchObject([{ envId, projectId }])
    expect(await done('environments', 'show', 'Test', ...within)).toMatchObject({ envId })
    await done('environments', 'rename', 'test', ...within, '--name', 'Staging')
    await done('projects', 'rename', 'shop', ...of, '--name', 'Store')
    const environments = [{ envId, label: 'Staging' }]
    expect(await done('projects', 'show', 'Store', ...of)).toMatchObject({ environments })
    await done('environments', 'delete', 'Staging', ...within, '--yes')
    await done('projects', 'delete', 'Store', ...of, '--yes')
    expect(await done('projects', 'list', ...of)).toEqual([])
  })

  test('refuse a name that several have, and tell their ids', async () => {
    const projects = [await newCompany(), await newCompany()].map(({ companyId }) =>
      done('projects', 'create', '--company', companyId, '--name', 'Twice Here'),
    )
    const made = await Promise.all(projects)
    const { code, stderr } = await ask('projects', 'show', 'Twice Here')
    expect([code, stderr]).toEqual([2, expect.stringContaining('several projects are called')])
    for (const { projectId } of made) expect(stderr).toContain(projectId)
  })

  test('are shown as tables that fit a terminal of 80 columns', async () => {
    const { companyId } = await newCompany()
    const name = 'A name that is far too long for a terminal of this width'
    const of = ['--company', companyId]
    const { projectId } = await done('projects', 'create', ...of, '--name', name)
    await done('environments', 'create', '--project', projectId, '--name', name)
    for (const args of [
      ['companies', 'list'],
      ['companies', 'show', companyId],
      ['projects', 'list', ...of],
      ['projects', 'show', projectId],
      ['environments', 'list', '--project', projectId],
    ]) {
      const { code, stdout } = await ostiary(args, env, { columns: 80 })
      const tooLong = stdout.split('\n').filter((line) => line.length > 80)
      expect([args, code, tooLong]).toEqual([args, 0, []])
    }
  })
})

describe('a list of few', () => {
  test.each([['client-keys'], ['issuers'], ['projects'], ['companies']])(
    'of %s is narrowed to a name that none has',
    async (noun) => {
      expect(await done(noun, 'list', '--search', uniqueWord('none'), '--sort=-name')).toEqual([])
    },
  )

  test('of environments is sorted and searched', async () => {
    const { companyId } = await newCompany()
    const made = await done('projects', 'create', '--company', companyId, '--name', 'Shop')
    const inProject = ['--project', made.projectId]
    for (const name of ['live', 'Late', 'test']) {
      await done('environments', 'create', '--name', name, ...inProject)
    }
    const listed = await done(
      'environments',
      'list',
      ...inProject,
      '--search',
      'l',
      '--sort',
      'name',
    )
    expect(listed.map(({ name }: { name: string }) => name)).toEqual(['Late', 'live'])
  })
})
