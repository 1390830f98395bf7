import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { Command } from 'commander'
import { managementRoutes } from '../../src/api/mia/routes.ts'
import { addVerbs } from '../../src/cli/verbs.ts'
import { isList } from '../../src/http/route.ts'
import { uniqueWord } from '../api/mia/companies.ts'
import { named, type Route } from '../api/mia/every-route.ts'
import { type Narrowed, narrowedCompany } from '../api/mia/narrowed.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { operator, ostiary } from './command-line.ts'

/** Below which noun the verb `list` shows each list. */
const nouns: Readonly<Record<string, string>> = {
  'GET /api/service-accounts': 'accounts',
  'GET /api/service-accounts/:clientId/credentials': 'credentials',
  'GET /api/service-accounts/:clientId/tokens': 'tokens',
  'GET /api/companies/:companyId/service-accounts': 'accounts',
  'GET /api/companies/:companyId/service-accounts/:clientId/credentials': 'credentials',
  'GET /api/client-keys': 'client-keys',
  'GET /api/issuers': 'issuers',
  'GET /api/companies': 'companies',
  'GET /api/companies/:companyId/projects': 'projects',
  'GET /api/projects': 'projects',
  'GET /api/projects/:projectId/environments': 'environments',
  'GET /api/roles': 'roles',
  'GET /api/companies/:companyId/roles': 'roles',
  'GET /api/users': 'users',
  'GET /api/companies/:companyId/users': 'users',
  'GET /api/companies/:companyId/groups': 'groups',
  'GET /api/companies/:companyId/identities': 'identities',
}

/** Lists that no such verb narrows, and why. */
const otherwise: Readonly<Record<string, string>> = {
  'GET /api/audit': 'filters of its own',
  'GET /api/companies/:companyId/audit-logs': 'filters of its own',
  'GET /api/access/holders': 'asked by an argument and a place',
  'GET /api/permissions': 'known to the command line itself',
  'GET /api/peppers': 'a handful, of the settings',
  'GET /clients': 'the accounts, in the words of the console',
}

/** Which page is meant: verbs print them all. */
const pages = ['page', 'per_page', 'cursor']

/** What the flags of some filters are called, of which the API has a longer name. */
const shorter: Readonly<Record<string, string>> = {
  q: 'search',
  tenantIds: 'company',
  projectIds: 'project',
  identityType: 'type',
}

/** The words of the console's own engine for states that have one of ours. */
const again = ['DRAFT', 'PUBLIC']

const flagOf = (name: string) =>
  `--${(shorter[name] ?? name).replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`

function wordsOf(schema: object): readonly string[] | undefined {
  const words: unknown = Reflect.get(schema, 'enum')
  if (!Array.isArray(words) || words.includes('true')) return undefined
  return words.filter((word) => !again.includes(word)).toSorted()
}

/** Each filter of a list by its flag, with the words that it is one of; the server says how to sort. */
function filtersOf({ query }: Route) {
  return Object.entries(query?.properties ?? {})
    .filter(([name]) => !pages.includes(name))
    .map(([name, schema]) => [flagOf(name), name === 'sort' ? undefined : wordsOf(schema)])
}

/** Each flag of the verb `list` of a noun, with the words that it is one of. */
async function flagsOf(noun: string) {
  const program = new Command('ostiary')
  await addVerbs(program, [noun])
  const found = program.commands.find((one) => one.name() === noun)
  const { options = [] } = found?.commands.find((one) => one.name() === 'list') ?? {}
  return options.map(({ long, argChoices }) => [long, argChoices?.toSorted()])
}

const lists: readonly Route[] = managementRoutes.filter(isList)
const rows = lists.flatMap((route) => {
  const noun = nouns[named(route)]
  return noun === undefined ? [] : [[named(route), noun, route] as const]
})

test('every list of the API is shown by a verb, but for those that say why not', () => {
  const told = [...Object.keys(nouns), ...Object.keys(otherwise)]
  expect(lists.map(named).toSorted()).toEqual(told.toSorted())
})

test.each(rows)(
  'each filter of %s is a flag of %s list, with its words',
  async (_, noun, route) => {
    // What types of identities there are is said by no schema: they are taken in any case.
    const flags = (await flagsOf(noun)).map(([flag, words]) =>
      flag === '--type' ? [flag, undefined] : [flag, words],
    )
    expect(flags).toEqual(expect.arrayContaining(filtersOf(route)))
  },
)

describe('a word that a filter does not have', () => {
  const accounts = ['enabled', 'disabled', 'draft', 'TRASH', 'DELETED']
  const methods = ['client_secret_basic', 'private_key_jwt']
  test.each([
    [
      ['companies', 'list', '--state', 'lost'],
      ['enabled', 'disabled'],
    ],
    [
      ['users', 'list', '--state', 'draft'],
      ['invited', 'enabled', 'disabled'],
    ],
    [
      ['identities', 'list', '--company', 'x', '--state', 'lost'],
      ['invited', ...accounts],
    ],
    [['identities', 'list', '--company', 'x', '--method', 'password'], methods],
    [['accounts', 'list', '--state', 'invited'], accounts],
    [['accounts', 'list', '--method', 'password'], methods],
    [
      ['tokens', 'list', 'x', '--state', 'lost'],
      ['active', 'expired', 'invalidated'],
    ],
  ])('is refused before anything is sent, with those that it has: %j', async (args, words) => {
    const { code, stdout, stderr } = await ostiary(args, { OSTIARY_URL: 'http://127.0.0.1:9' })
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(`Allowed choices are ${words.join(', ')}.`)
  })
})

describe('a list', () => {
  let server: TestServer
  let env: Record<string, string>
  let company: Narrowed

  beforeAll(async () => {
    server = await startTestServer()
    env = operator(server)
    company = await narrowedCompany(server)
  })
  afterAll(() => server.close())

  async function names(...args: readonly string[]): Promise<readonly string[]> {
    const { code, json, stderr } = await ostiary([...args, '--json'], env)
    expect([code, stderr]).toEqual([0, ''])
    return json.map(({ name }: { name: string }) => name)
  }
  const tomorrow = new Date(Date.now() + 86_400_000).toISOString()

  test.each([
    ['users', ['--state', 'invited'], ['open@people.example']],
    ['users', ['--state', 'disabled'], ['out@people.example']],
    ['users', ['--role', 'reporter'], ['open@people.example']],
    ['users', ['--role', 'OWN'], ['out@people.example']],
    ['users', ['--unused-since', tomorrow, '--state', 'invited'], ['open@people.example']],
    ['groups', ['--role', 'OWN'], ['writers']],
    ['groups', ['--role', 'guest'], []],
    ['identities', ['--role', 'OWN'], ['ci', 'key', 'out@people.example', 'writers']],
    ['identities', ['--role', 'OWN', '--type', 'serviceaccount'], ['ci', 'key']],
    ['identities', ['--state', 'draft'], ['waiting']],
    ['identities', ['--state', 'invited'], ['open@people.example']],
    ['identities', ['--state', 'TRASH'], []],
    ['identities', ['--method', 'private_key_jwt'], ['key']],
    ['identities', ['--method', 'client_secret_basic', '--project', 'Payments'], ['ci', 'waiting']],
    ['accounts', ['--role', 'OWN'], ['ci']],
    ['accounts', ['--state', 'DELETED'], []],
  ])('of %s in a company that is narrowed by %j has %j', async (noun, flags, left) => {
    const given = flags.map((flag) => (flag === 'OWN' ? company.role : flag))
    const of = ['--company', company.companyId, '--sort', 'name']
    expect(await names(noun, 'list', ...of, ...given)).toEqual(left)
  })

  test.each([['users'], ['groups'], ['identities'], ['accounts']])(
    'of %s in a company is not narrowed by a role that is not there',
    async (noun) => {
      const of = ['--company', company.companyId, '--role', 'emperor']
      const { code, stdout, stderr } = await ostiary([noun, 'list', ...of], env)
      expect([code, stdout, stderr]).toEqual([1, '', expect.stringContaining('"emperor"')])
    },
  )

  test('of all people is narrowed by their state, and by when they last signed in', async () => {
    const found = (...flags: readonly string[]) => names('users', 'list', ...flags)
    expect(await found('--state', 'disabled')).toEqual(['out@people.example'])
    expect(await found('--state', 'enabled')).toEqual([])
    const unused = await found('--unused-since', tomorrow, '--sort', 'name')
    expect(unused).toEqual(['open@people.example', 'out@people.example'])
  })

  test('of companies is narrowed by their state', async () => {
    const name = uniqueWord('switched')
    const { companyId } = (await server.manage('POST', '/api/companies', { name })).body
    const found = (state: string) =>
      names('companies', 'list', '--search', companyId, '--state', state)
    expect([await found('enabled'), await found('disabled')]).toEqual([[name], []])
    expect((await ostiary(['companies', 'disable', companyId], env)).code).toBe(0)
    expect([await found('enabled'), await found('disabled')]).toEqual([[], [name]])
  })

  test('of tokens is narrowed by their state', async () => {
    const { clientId } = server.admin
    const path = `/api/service-accounts/${clientId}/tokens`
    expect((await server.manage('POST', path, { name: 'robot' })).status).toBe(201)
    const found = (state: string) => names('tokens', 'list', clientId, '--state', state)
    expect([await found('active'), await found('expired')]).toEqual([['robot'], []])
  })
})
