import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { rsaPair } from '../support/rsa-pairs.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { onEachStore } from '../support/stores.ts'
import { ostiary } from './command-line.ts'

const { publicKey } = rsaPair('owner')
const key = { ...publicKey.export({ format: 'jwk' }), kid: 'ours', alg: 'RSA256', use: 'sig' }

const environments = [
  { envId: 'DEV', label: 'Development' },
  { envId: 'PROD', label: 'Production' },
]
const shop = { projectId: '65f0c1.shop', name: 'Shop', environments }
const acme = { companyId: 'acme', name: 'Acme', description: 'from the console', projects: [shop] }
const deployer = {
  clientId: 'ci-deployer',
  name: 'CI deployer',
  companyId: 'acme',
  authMethod: 'private_key_jwt',
  publicKey: key,
  audience: ['https://deploy.example'],
  role: 'guest',
  projectsRole: [
    {
      projectId: shop.projectId,
      role: 'seers',
      environmentsRole: [{ envId: 'DEV', role: 'maintainer' }],
    },
  ],
}
const watcher = {
  clientId: 'watcher',
  name: 'Watcher',
  permissions: ['console.root.view'],
  authMethod: 'client_secret_basic',
  state: 'DRAFT',
}
const seers = {
  roleId: 'seers',
  companyId: 'acme',
  name: 'Seers',
  description: 'may look',
  permissions: ['console.project.view'],
}
/** A digest of that cost, and of nothing that anybody knows. */
const digestOf = (cost: number) => `$2b$${String(cost).padStart(2, '0')}$${'.'.repeat(53)}`
const mover = {
  clientId: 'mover',
  name: 'Mover',
  authMethod: 'client_secret_basic',
  secretDigest: digestOf(14),
}
const whole = { companies: [acme], roles: [seers], accounts: [deployer, watcher] }

const sum = { company: 1, project: 1, environment: 2, role: 1, account: 2 }
const nothing = { company: 0, project: 0, environment: 0, role: 0, account: 0 }

let dir: string
let env: Record<string, string>
let server: TestServer

async function startIn(place: string, given: Record<string, string>): Promise<TestServer> {
  const started = await startTestServer({ beside: { env: given, dir: place } })
  await started.close()
  return started
}

/** What the first start of a server on SQLite leaves: made once, then copied. */
let first: { readonly dir: string; readonly server: TestServer } | undefined

async function firstOnSqlite() {
  const made = await mkdtemp(join(tmpdir(), 'ostiary-import-'))
  return { dir: made, server: await startIn(made, {}) }
}

afterAll(async () => {
  if (first) await rm(first.dir, { recursive: true })
})

async function begin(given: Record<string, string> = {}): Promise<void> {
  dir = await mkdtemp(join(tmpdir(), 'ostiary-import-'))
  env = { OSTIARY_DATA_DIR: join(dir, 'data'), OSTIARY_KEYS_DIR: join(dir, 'keys'), ...given }
  if (given['OSTIARY_STORAGE_URI'] !== undefined) {
    server = await startIn(dir, given)
    return
  }
  first ??= await firstOnSqlite()
  server = first.server
  await cp(first.dir, dir, { recursive: true })
}

async function again(): Promise<void> {
  const { admin } = server
  server = await startTestServer({ beside: { env, dir }, admin })
}

async function bringIn(content: unknown, ...flags: readonly string[]) {
  const file = join(dir, 'export.json')
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content))
  return await ostiary(['import', 'mia', file, ...flags], env)
}

const entries = async () => (await ostiary(['audit', 'verify', '--json'], env)).json.count

onEachStore('ostiary import mia', (store) => {
  let kept: ReturnType<typeof store.fresh>
  beforeEach(async () => {
    kept = store.fresh()
    await begin(kept.env)
  })
  afterEach(async () => {
    await server.close()
    await rm(dir, { recursive: true })
    await kept.leave()
  })

  test('brings in companies, projects, environments, roles and accounts with their ids', async () => {
    const { code, json, stderr } = await bringIn(whole, '--json')
    expect([code, stderr]).toEqual([0, ''])
    expect(json).toEqual({
      dryRun: false,
      made: sum,
      there: nothing,
      refused: [],
      withoutSecret: 1,
      foreignSecrets: 0,
      withoutOwner: 1,
      ofRoot: ['watcher'],
      accountsWithoutSecret: [{ clientId: 'watcher' }],
      companiesWithoutOwner: ['acme'],
    })
    await again()
    const company = (await server.manage('GET', '/api/companies/acme')).body
    expect(company).toMatchObject({ companyId: 'acme', name: 'Acme', slug: 'acme' })
    const project = (await server.manage('GET', `/api/projects/${shop.projectId}`)).body
    expect(project).toMatchObject({
      companyId: 'acme',
      environments: [
        { envId: 'DEV', label: 'Development', namespace: 'shop-development' },
        { envId: 'PROD', label: 'Production', namespace: 'shop-production' },
      ],
    })
    const [row] = (await server.manage('GET', '/api/companies/acme/identities')).body
    expect(row).toMatchObject({
      identityId: 'ci-deployer',
      companyRoles: ['guest'],
      projects: [
        {
          _id: shop.projectId,
          roles: ['seers'],
          environments: [{ envId: 'DEV', roles: ['maintainer'] }],
        },
      ],
    })
    const root = (await server.manage('GET', '/api/service-accounts/watcher')).body
    expect(root).toMatchObject({ name: 'Watcher', permissions: ['console.root.view'] })
    const [newest] = (await server.manage('GET', '/api/audit')).body
    expect(newest).toMatchObject({
      action: 'account.create',
      actor: { kind: 'system', id: 'import' },
      target: { id: 'watcher' },
    })
  })

  test('says before what it would make, and writes nothing then', async () => {
    const before = await entries()
    const { code, json } = await bringIn(whole, '--dry-run', '--json')
    expect([code, json.dryRun, json.made]).toEqual([0, true, sum])
    expect(json.toMake.map(({ at }: { at: string }) => at)).toEqual([
      'companies.0',
      'companies.0.projects.0',
      'companies.0.projects.0.environments.0',
      'companies.0.projects.0.environments.1',
      'roles.0',
      'accounts.0',
      'accounts.1',
    ])
    expect(await entries()).toBe(before)
  })

  test('tells which companies nobody owns, and which accounts have no secret, with the command that mends it', async () => {
    const owner = { ...watcher, clientId: 'boss', name: 'Boss', companyId: 'owned' }
    const { permissions: _root, ...boss } = { ...owner, role: 'company-owner' }
    const companies = ['owned', 'bare', 'empty'].map((name) => ({
      companyId: name,
      name,
      projects: [],
    }))
    for (const flags of [['--dry-run'], []]) {
      const { code, stdout } = await bringIn({ companies, accounts: [boss, watcher] }, ...flags)
      expect(code).toBe(0)
      expect(stdout).toContain(
        'without a secret: 2 of the accounts; "ostiary credentials add boss --company owned" gives one',
      )
      expect(stdout).toContain(
        'without an owner: 2 of the companies; "ostiary users invite <email> --company bare --role company-owner" invites one',
      )
    }
    const { stdout } = await bringIn({ companies, accounts: [boss, watcher] })
    expect(stdout).not.toContain('without a')
  })

  test('names to a program all whom it tells a person of: of root, without a secret, without an owner', async () => {
    const bare = { companyId: 'bare', name: 'Bare', projects: [] }
    const { permissions: _root, ...ofBare } = { ...watcher, clientId: 'hers', companyId: 'bare' }
    const content = { companies: [bare], accounts: [ofBare, watcher] }
    const named = {
      ofRoot: ['watcher'],
      accountsWithoutSecret: [{ clientId: 'hers', companyId: 'bare' }, { clientId: 'watcher' }],
      companiesWithoutOwner: ['bare'],
    }
    for (const flags of [['--dry-run'], []]) {
      expect((await bringIn(content, '--json', ...flags)).json).toMatchObject(named)
    }
    const nobody = { ofRoot: [], accountsWithoutSecret: [], companiesWithoutOwner: [] }
    expect((await bringIn(content, '--json')).json).toMatchObject(nobody)
  })

  test('brings in secrets as another server digested them, and counts them', async () => {
    const content = { companies: [], accounts: [watcher, mover] }
    for (const flags of [['--dry-run'], []]) {
      const { code, json } = await bringIn(content, '--json', ...flags)
      expect([code, json.withoutSecret, json.foreignSecrets]).toEqual([0, 1, 1])
    }
    await again()
    const path = '/api/service-accounts/mover/credentials'
    const { body } = await server.manage('GET', path)
    expect(body).toEqual([
      {
        id: expect.any(String),
        name: 'imported',
        type: 'client_secret',
        state: 'active',
        createdAt: expect.any(String),
        createdBy: 'import',
      },
    ])
    const [newest] = (await server.manage('GET', '/api/audit?target=mover')).body
    expect(JSON.stringify(newest)).not.toContain('$2b$')
  })

  test('leaves what is there as it is, and goes on where it ended', async () => {
    await bringIn({ ...whole, roles: [], accounts: [watcher] })
    const other = { ...acme, name: 'Another name' }
    const { code, json } = await bringIn({ ...whole, companies: [other] }, '--json')
    expect([code, json.made, json.there]).toEqual([
      0,
      { ...nothing, role: 1, account: 1 },
      { ...sum, role: 0, account: 1 },
    ])
    const before = await entries()
    expect(await bringIn(whole, '--json')).toMatchObject({ code: 0, json: { there: sum } })
    expect(await entries()).toBe(before)
    await again()
    expect((await server.manage('GET', '/api/companies/acme')).body.name).toBe('Acme')
  })

  test('never gives the id of what was deleted to something else', async () => {
    await bringIn(whole)
    await again()
    await server.manage('DELETE', '/api/companies/acme')
    await server.close()
    const project = { ...shop, projectId: 'acme' }
    const fresh = { companyId: 'fresh', name: 'Fresh', projects: [project] }
    for (const flags of [['--dry-run'], []]) {
      const { code, json } = await bringIn({ companies: [fresh], accounts: [] }, '--json', ...flags)
      expect([code, json.refused]).toEqual([
        1,
        [
          expect.objectContaining({ id: 'acme', why: expect.stringContaining('was used before') }),
          expect.objectContaining({ kind: 'environment' }),
          expect.objectContaining({ kind: 'environment' }),
        ],
      ])
    }
  })
})

describe('what cannot be brought in', () => {
  beforeEach(() => begin())
  afterEach(() => rm(dir, { recursive: true }))

  const refusals: readonly (readonly [string, object, string])[] = [
    [
      'a role that nobody made',
      { companyId: 'acme', role: 'king', permissions: [] },
      'there is no role "king"',
    ],
    [
      'a role that does not fit its level',
      { projectsRole: [{ projectId: shop.projectId, role: 'company-owner' }] },
      'company-owner is no role for a project',
    ],
    [
      'a place that is not there',
      { projectsRole: [{ projectId: 'nowhere', role: 'reporter' }] },
      'the company has no project "nowhere"',
    ],
    ['a company that is not there', { companyId: 'nowhere' }, 'its company is not there'],
    [
      'permissions of root in a company',
      { permissions: ['console.root.view'] },
      'only accounts of root have any',
    ],
    ['a claim of ours', { allowedCustomClaims: ['sub'] }, '"sub" is a claim'],
    ['a key pair without its key', { authMethod: 'private_key_jwt' }, 'publicKey: is needed'],
    [
      'a digest that takes too long to check',
      { secretDigest: digestOf(15) },
      'its secretDigest costs more than 14 to check',
    ],
    [
      'a digest beside a key pair',
      { authMethod: 'private_key_jwt', publicKey: key, secretDigest: digestOf(10) },
      'it has a secretDigest, but logs in by a key pair',
    ],
  ]

  test.each(refusals)('is, with its reason, beside the rest: %s', async (_what, given, why) => {
    const bad = {
      clientId: 'bad',
      name: 'Bad',
      companyId: 'acme',
      authMethod: 'client_secret_basic',
      ...given,
    }
    for (const flags of [['--dry-run'], []]) {
      const content = { ...whole, accounts: [bad, watcher] }
      const { code, json } = await bringIn(content, '--json', ...flags)
      expect([code, json.made]).toEqual([1, { ...sum, account: 1 }])
      expect(json.refused).toEqual([
        { kind: 'account', id: 'bad', name: 'Bad', at: 'accounts.0', why: expect.any(String) },
      ])
      expect(json.refused[0].why).toContain(why)
    }
  })

  test('is a second company of one name, with all that is below it', async () => {
    const twin = { ...acme, companyId: 'twin', projects: [{ ...shop, projectId: 'twin.shop' }] }
    for (const flags of [['--dry-run'], []]) {
      const { code, json } = await bringIn(
        { companies: [acme, twin], accounts: [] },
        '--json',
        ...flags,
      )
      const refused = json.refused.map(({ id }: { id: string }) => id)
      expect([code, refused]).toEqual([1, ['twin', 'twin.shop', 'twin.shop:DEV', 'twin.shop:PROD']])
    }
  })

  test('is told to a person in lines, with what has no secret yet', async () => {
    const { stdout } = await bringIn({ ...whole, accounts: [watcher, mover] }, '--dry-run')
    expect(stdout).toContain(
      'would make 1 company, 1 project, 2 environments, 1 role, 2 accounts\n',
    )
    expect(stdout).toContain('  company acme "Acme" (companies.0)\n')
    expect(stdout).toContain('without a secret: 1 of the accounts')
    expect(stdout).toContain('with the secret that they had: 1 of the accounts')
    expect(stdout).toContain('nothing was written\n')
  })

  const broken: readonly (readonly [string, unknown, string])[] = [
    ['a file that is no JSON', '{"companies": [', 'it is no JSON'],
    ['a member that is not known', { ...whole, users: [] }, 'users: is not known here'],
    ['a member that is missing', { companies: [] }, 'accounts: is missing'],
    [
      'an id that no URL carries as it is',
      { companies: [{ ...acme, companyId: 'a/b' }], accounts: [] },
      'companies.0.companyId: expected 1 to 128 characters',
    ],
    [
      'an id that no path can name',
      { companies: [{ ...acme, companyId: '..' }], accounts: [] },
      'companies.0.companyId: expected 1 to 128 characters',
    ],
    [
      'an id that is a word of JavaScript',
      { companies: [{ ...acme, companyId: '__proto__' }], accounts: [] },
      'companies.0.companyId: expected 1 to 128 characters of A-Z a-z 0-9 - . _ ~, but not one of . .. __proto__',
    ],
    [
      'a digest that is not of bcrypt',
      { companies: [], accounts: [{ ...watcher, secretDigest: 'plain' }] },
      'accounts.0.secretDigest: expected a bcrypt digest',
    ],
    [
      'an id that is given twice',
      { companies: [{ ...acme, projects: [{ ...shop, projectId: 'acme' }] }], accounts: [] },
      'companies.0.projects.0: the id acme is that of companies.0',
    ],
  ]

  test.each(broken)('ends it before anything is written: %s', async (_what, content, said) => {
    const before = await entries()
    const { code, stdout, stderr } = await bringIn(content)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(said)
    expect(stderr).not.toContain('plain')
    expect(await entries()).toBe(before)
  })
})

describe('ostiary import convert', () => {
  beforeEach(() => begin())
  afterEach(() => rm(dir, { recursive: true }))

  const common = { _id: { $oid: '65f0' }, creatorId: 'somebody', metadata: {}, audience: null }
  const byKey = { ...common, clientId: 'by-key', name: 'By key', permissions: [], publicKey: key }
  const bySecret = {
    ...common,
    clientId: 'by-secret',
    name: 'By secret',
    permissions: ['console.root.view'],
    publicKey: {},
    allowedCustomClaims: ['team'],
    __STATE__: 'DRAFT',
  }

  async function convert(content: string, ...flags: readonly string[]) {
    const file = join(dir, 'clients.json')
    await writeFile(file, content)
    return await ostiary(['import', 'convert', file, ...flags], env)
  }

  test.each([
    ['a list', JSON.stringify([byKey, bySecret], null, 2)],
    ['lines', `${JSON.stringify(byKey)}\n${JSON.stringify(bySecret)}\n`],
  ])('makes of clients, exported as %s, what an import takes', async (_form, content) => {
    const { code, json, stdout } = await convert(content, '--company', 'acme')
    expect(code).toBe(0)
    expect(json).toEqual({
      companies: [],
      accounts: [
        {
          clientId: 'by-key',
          name: 'By key',
          companyId: 'acme',
          authMethod: 'private_key_jwt',
          publicKey: key,
          state: 'PUBLIC',
        },
        {
          clientId: 'by-secret',
          name: 'By secret',
          permissions: ['console.root.view'],
          authMethod: 'client_secret_basic',
          allowedCustomClaims: ['team'],
          state: 'DRAFT',
        },
      ],
    })
    await bringIn({ companies: [acme], accounts: [] })
    const taken = await bringIn(stdout, '--json')
    expect([taken.code, taken.json.made]).toEqual([0, { ...nothing, account: 2 }])
  })

  test('names who stays of root beside a company, and so does the dry run', async () => {
    const { stderr, stdout } = await convert(JSON.stringify([byKey, bySecret]), '--company', 'acme')
    expect(stderr).toBe('accounts of root, because they have permissions of their own: by-secret\n')
    const planned = await bringIn(stdout, '--dry-run')
    expect(planned.stdout).toContain('\nof root: by-secret\n')
  })

  test('leaves out permissions that are unknown here, named and counted, where that is asked for', async () => {
    const strange = { ...bySecret, permissions: ['console.root.view', 'some.other.permission'] }
    const twin = {
      ...strange,
      clientId: 'twin',
      name: 'Twin',
      permissions: ['some.other.permission', 'rare'],
    }
    const content = JSON.stringify([byKey, strange, twin])
    expect((await bringIn((await convert(content)).stdout, '--dry-run')).code).toBe(1)
    const { stderr, stdout, json } = await convert(content, '--known-permissions')
    expect(json.accounts[1].permissions).toEqual(['console.root.view'])
    expect(stderr).toBe(
      'left out the permission some.other.permission, unknown here, of 2 clients\n' +
        'left out the permission rare, unknown here, of 1 client\n',
    )
    expect((await bringIn(stdout, '--dry-run')).code).toBe(0)
  })

  async function convertWith(credentials: unknown, ids?: object) {
    const flags = ['--credentials', join(dir, 'credentials.json')]
    await writeFile(join(dir, 'credentials.json'), JSON.stringify(credentials))
    await writeFile(join(dir, 'ids.json'), JSON.stringify(ids ?? {}))
    const named = ids ? ['--client-ids', join(dir, 'ids.json')] : []
    return await convert(JSON.stringify([byKey, bySecret]), ...flags, ...named)
  }

  test.each([
    ['as they are', 'by-secret', undefined],
    ['by their hashes', 'a hash', { 'a hash': 'by-secret', other: 'nobody' }],
    ['by hashes of bcrypt', digestOf(4), { [digestOf(4)]: 'by-secret' }],
  ])('takes secrets along from credentials that name clients %s', async (_how, named, ids) => {
    const credentials = [
      { _id: { $oid: '65f1' }, createdAt: 1, client: named, secret: digestOf(10) },
      { client: 'another', secret: digestOf(11) },
    ]
    const { code, json, stdout, stderr } = await convertWith(credentials, ids)
    expect([code, json.accounts[0].secretDigest, json.accounts[1].secretDigest]).toEqual([
      0,
      undefined,
      digestOf(10),
    ])
    expect(stderr).toBe('left out 1 of the credentials: they are of none of these clients\n')
    const taken = await bringIn(stdout, '--dry-run', '--json')
    expect([taken.json.foreignSecrets, taken.json.withoutSecret]).toEqual([1, 0])
  })

  test('gives an account with a key pair no secret beside it', async () => {
    const { code, json } = await convertWith([{ client: 'by-key', secret: digestOf(10) }])
    expect([code, json.accounts[0].secretDigest]).toEqual([0, undefined])
  })

  test.each([
    ['no digest', [{ client: 'by-secret', secret: 'plain' }], '0: no text of it is a digest'],
    [
      'two digests',
      [{ client: 'by-secret', secret: digestOf(10), former: digestOf(4) }],
      '0: several texts of it are digests of bcrypt',
    ],
    [
      'another of the same client',
      [
        { client: 'by-secret', secret: digestOf(10) },
        { client: 'by-secret', secret: digestOf(4) },
      ],
      '1: is the second of by-secret',
    ],
    ['no document', ['plain'], '0: expected a document'],
  ])(
    'names the credential that is wrong, and quotes none: %s',
    async (_what, credentials, said) => {
      const { code, stdout, stderr } = await convertWith(credentials)
      expect([code, stdout]).toEqual([2, ''])
      expect(stderr).toContain(said)
      expect(stderr).not.toMatch(/plain|\$2b/)
    },
  )

  test('refuses names of client ids without the credentials that they are for', async () => {
    const { code, stderr } = await convert('[]', '--client-ids', join(dir, 'clients.json'))
    expect(code).toBe(2)
    expect(stderr).toContain('expected both, or neither')
  })

  test.each([
    ['a line', '{"clientId": "a", "name": "A"}\n{"clientId"', 'line 2 is no JSON'],
    ['a client without its id', '[{"name": "A"}]', '0.clientId: is missing'],
    [
      'a member',
      '[{"clientId": "a", "name": "A", "audience": "b"}]',
      '0.audience: expected a list of texts',
    ],
  ])('names the place of what is wrong in clients: %s', async (_what, content, said) => {
    const { code, stdout, stderr } = await convert(content)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(said)
  })
})
