import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Directory } from '../../src/directory/directory.ts'
import type { Binding } from '../../src/domain/access/binding.ts'
import { decide } from '../../src/domain/access/decide.ts'
import { ladder } from '../../src/domain/access/ladder.ts'
import {
  companyPlace,
  environmentPlace,
  type Place,
  projectPlace,
} from '../../src/domain/access/places.ts'
import { accountSubject, rightsOf } from '../../src/domain/access/rights.ts'
import { pathOf } from '../../src/domain/access/tree.ts'
import { newClientId, trustedId } from '../../src/domain/ids.ts'
import { newRecordId } from '../../src/domain/records.ts'
import { openSqlite } from '../../src/storage/sqlite/open.ts'

// npm run bench:access: decisions a second of CPU time, in one process and without a request around them, of
// somebody with nothing, with 10,000 roles and with roles by ten groups; each decision about another
// of 10,000 environments. `changed` changes the tree before each, so that nothing is known beforehand.
const projects = 1000
const environmentsOfEach = 10
const groups = 10
const seconds = 2
const rounds = 3

const times = { createdAt: 0, createdBy: 'bench', updatedAt: 0 }
const members = { version: 1, live: true, description: '', ...times }
const company = trustedId('company', 'comp_bench')
const projectIds = Array.from({ length: projects }, (_, n) => trustedId('project', `proj_${n}`))
const environments: readonly Place[] = projectIds.flatMap((id) =>
  Array.from({ length: environmentsOfEach }, (_, n) => environmentPlace(id, `env${n}`)),
)

function putTree(known: Directory): void {
  const name = 'bench'
  known.put('company', { ...members, id: company, name, slug: name, state: 'enabled' })
  for (const id of projectIds) {
    known.put('project', { ...members, id, company, name: id, slug: id })
    for (let n = 0; n < environmentsOfEach; n += 1) {
      const named = { name: `env${n}`, slug: `env${n}`, envId: `env${n}`, namespace: `${id}-${n}` }
      known.put('environment', {
        ...members,
        ...named,
        id: trustedId('environment', `${id}_env_${n}`),
        project: id,
        company,
      })
    }
  }
}

/** Takes in an account with these roles; answers its client id. */
function putAccount(known: Directory, bindings: readonly Binding[]): string {
  const clientId = newClientId()
  known.put('account', {
    ...members,
    id: newRecordId('account', 0),
    clientId,
    owner: companyPlace(company),
    name: 'bench',
    authMethod: 'client_secret_basic',
    state: 'enabled',
    permissions: [],
    bindings,
    audiences: [],
    credentials: [],
    generation: 0,
  })
  return clientId
}

/** Ten groups, with a role on a tenth of all projects each. */
function putGroups(known: Directory, clientId: string): void {
  for (let n = 0; n < groups; n += 1) {
    const some = projectIds.filter((_, place) => place % groups === n)
    known.put('group', {
      ...members,
      id: trustedId('group', `grp_${n}`),
      company,
      name: `group ${n}`,
      members: [{ kind: 'account', id: clientId }],
      bindings: some.map((id) => ({ on: projectPlace(id), role: 'maintainer' })),
    })
  }
}

let version = 1

function changeTree(known: Directory): void {
  version += 1
  const name = 'bench'
  known.put('company', { ...members, version, id: company, name, slug: name, state: 'enabled' })
}

interface Measured {
  readonly perSecond: number
  /** Of a hundred, how many were allowed. */
  readonly allowed: number
}

function measure(known: Directory, clientId: string, isChanged: boolean): Measured {
  const needs = ladder('console.environment.deploy.trigger')
  const until = performance.now() + seconds * 1000
  const before = process.cpuUsage()
  let [made, allowed] = [0, 0]
  for (; performance.now() < until; made += 1) {
    if (isChanged) changeTree(known)
    const account = known.accountByClientId(clientId)
    const path = pathOf(known, environments[made % environments.length] ?? 'root')
    if (!account || !path) throw new Error('the tree is not there')
    if (decide(rightsOf(known, accountSubject(account)), needs, path).allowed) allowed += 1
  }
  const { user, system } = process.cpuUsage(before)
  return { perSecond: (made * 1e6) / (user + system), allowed: (100 * allowed) / made }
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0
}

function print(...cells: readonly (string | number)[]): void {
  process.stdout.write(`| ${cells.join(' | ')} |\n`)
}

const folder = await mkdtemp(join(tmpdir(), 'ostiary-bench-'))
const store = await openSqlite(join(folder, 'bench.db'))
const known = await Directory.load(store, Date.now)
putTree(known)
const nobody = putAccount(known, [])
const many = putAccount(
  known,
  environments.map((on) => ({ on, role: 'maintainer' })),
)
const member = putAccount(known, [])
putGroups(known, member)

print('somebody with', 'tree', 'decisions/CPU s', 'allowed %', '× with nothing')
print(...Array.from({ length: 5 }, () => '---'))
for (const isChanged of [false, true]) {
  let base = 0
  for (const [name, clientId] of Object.entries({
    nothing: nobody,
    '10,000 roles': many,
    '1,000 roles by 10 groups': member,
  })) {
    const runs = Array.from({ length: rounds }, () => measure(known, clientId, isChanged))
    const perSecond = median(runs.map((one) => one.perSecond))
    base ||= perSecond
    const tree = isChanged ? 'changed' : 'as it was'
    const [{ allowed } = { allowed: 0 }] = runs
    print(name, tree, perSecond.toFixed(0), allowed.toFixed(0), (perSecond / base).toPrecision(2))
  }
}
await store.close()
await rm(folder, { recursive: true })
