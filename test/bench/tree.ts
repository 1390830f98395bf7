import { rootPermissionNames } from '../../src/domain/access/permissions.ts'
import { companyPlace, environmentPlace, projectPlace } from '../../src/domain/access/places.ts'
import { type Company, companyStates } from '../../src/domain/companies/company.ts'
import type { Environment } from '../../src/domain/environments/environment.ts'
import type { Project } from '../../src/domain/projects/project.ts'
import { newRecordId } from '../../src/domain/records.ts'
import { fill, fillWith, type Standing } from './fill.ts'
import type { Measured } from './processes.ts'
import type { Client } from './seed.ts'
import type { Place } from './servers.ts'

/** Where tokens are asked for. */
export const tokenPath = '/api/m2m/oauth/token'

const now = Date.now()
const said = { description: '', createdAt: now, createdBy: 'bench', updatedAt: now }
const first = { version: 1, live: true } as const

/** A company of the benchmark, by its number. */
export function companyOf(n: number): Company {
  const id = newRecordId('company', now)
  const [state] = companyStates
  return { ...first, id, name: `company ${n}`, slug: `company-${n}`, state, ...said }
}

/** A company with one project and one environment. */
export async function newTree(
  place: Place,
): Promise<{ company: Company; project: Project; env: Environment }> {
  const company = companyOf(0)
  const named = (name: string) => ({ ...first, name, slug: name, company: company.id, ...said })
  const project = { ...named('project'), id: newRecordId('project', now) }
  const env = {
    ...named('dev'),
    id: newRecordId('environment', now),
    project: project.id,
    envId: 'dev',
    namespace: 'project-dev',
  }
  await fillWith(place, 'company', [company])
  await fillWith(place, 'project', [project])
  await fillWith(place, 'environment', [env])
  return { company, project, env }
}

/** What `newTree` made. */
export type Tree = Awaited<ReturnType<typeof newTree>>

/** What an account of the company holds: a role on each level. */
export function memberOf({ company, project, env }: Tree): Standing {
  return {
    owner: companyPlace(company.id),
    permissions: [],
    bindings: [
      { on: companyPlace(company.id), role: 'guest' },
      { on: projectPlace(project.id), role: 'developer' },
      { on: environmentPlace(project.id, env.envId), role: 'maintainer' },
    ],
  }
}

/** An account that may do everything. */
export async function newAdmin(place: Place): Promise<Client> {
  const all = { owner: 'root', permissions: rootPermissionNames, bindings: [] } as const
  const [admin] = await fill(place, 1, () => all)
  if (!admin) throw new Error('no account was made')
  return admin
}

/** The headers of calls that an account makes. */
export async function headersOf(
  server: Measured,
  { clientId, secret }: Client,
): Promise<Record<string, string>> {
  const credentials = Buffer.from(`${clientId}:${secret}`).toString('base64')
  const reply = await fetch(new URL(tokenPath, server.url), {
    method: 'POST',
    headers: { authorization: `Basic ${credentials}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  })
  const { access_token: token }: { access_token: string } = JSON.parse(await reply.text())
  return { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
}

/** One of them, by chance. */
export function anyOf<T>(all: readonly T[]): T | undefined {
  return all[Math.floor(Math.random() * all.length)]
}

/** The one in the middle. */
export function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN
}
