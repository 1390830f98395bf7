import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { Directory } from '../../../src/directory/directory.ts'
import { knownStore } from '../../../src/directory/known-store.ts'
import { createCompany } from '../../../src/domain/companies/companies.ts'
import { seenProjects } from '../../../src/domain/companies/list.ts'
import type { Context } from '../../../src/domain/context.ts'
import type { Environment } from '../../../src/domain/environments/environment.ts'
import {
  createEnvironment,
  listEnvironments,
} from '../../../src/domain/environments/environments.ts'
import type { ListAsked } from '../../../src/domain/lists/page.ts'
import { createProject } from '../../../src/domain/projects/projects.ts'
import { newPepperKey, pepperOf } from '../../../src/domain/secret.ts'
import type { Store } from '../../../src/domain/store.ts'
import { openStore } from '../../../src/storage/open.ts'
import { times } from '../../contract/samples.ts'
import { onEachStore } from '../../support/stores.ts'
import { unique } from '../samples.ts'
import { limits, people, projects, refusal } from '../world.ts'

const peppers = [pepperOf(newPepperKey())] as const
const asked: ListAsked = {
  sorting: { by: 'createdAt', isDescending: false },
  search: '',
  from: { page: 1 },
  perPage: 10,
}
const label = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/

/** A store that counts what is asked of it. */
function counted(store: Store): { readonly store: Store; readonly taken: () => string[] } {
  let calls: string[] = []
  const count = new Proxy(store, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name)
      if (typeof member !== 'function') return member
      return (...given: readonly unknown[]) => {
        calls.push(String(name))
        return member.apply(target, given)
      }
    },
  })
  const taken = () => {
    const made = calls
    calls = []
    return made
  }
  return { store: count, taken }
}

onEachStore('the environments of a project', (kind) => {
  let ctx: Context
  let taken: () => string[]
  const undo: (() => Promise<unknown>)[] = []
  beforeAll(async () => {
    const { env, leave } = kind.fresh()
    const dir = await mkdtemp(join(tmpdir(), 'ostiary-environments-'))
    const uri = env['OSTIARY_STORAGE_URI'] ?? `sqlite:${join(dir, 'ostiary.db')}`
    const opened = await openStore({ uri, timeoutSeconds: 5, startTimeoutSeconds: 0 }, () => {})
    undo.push(
      () => opened.close(),
      leave,
      () => rm(dir, { recursive: true }),
    )
    const counting = counted(opened)
    taken = counting.taken
    const known = await Directory.load(counting.store, Date.now)
    const store = knownStore(counting.store, known)
    const actor = { kind: 'system', name: 'test' } as const
    ctx = {
      store,
      known,
      actor,
      requestId: 'test',
      peppers,
      limits,
      people,
      projects,
      now: Date.now,
    }
  })
  afterAll(async () => {
    for (const step of undo) await step()
  })

  const newProject = async (name = unique('project')) => {
    const { id } = await createCompany(ctx, { name: unique('company') })
    return await createProject(ctx, id, { name })
  }

  test('have namespaces that are labels of at most 63 characters, and nobody else’s', async () => {
    const long = 'n'.repeat(128)
    const [one, other] = [await newProject(long), await newProject(long)]
    const wanted = ['n', 'x', 'y'].map((end) => ({ name: `${long.slice(1)}${end}` }))
    const made: Environment[] = []
    for (const { id } of [one, other]) {
      for (const place of wanted) made.push(await createEnvironment(ctx, id, place))
    }
    const namespaces = made.map(({ namespace }) => namespace)
    expect(new Set(namespaces).size).toBe(6)
    expect(Math.max(...namespaces.map(({ length }) => length))).toBe(63)
    const words = made.flatMap(({ envId, slug, namespace }) => [envId, slug, namespace])
    expect(words.filter((word) => !label.test(word))).toEqual([])
  })

  test('are at most 1,000, and as many cost no more of the store than one', async () => {
    const project = await newProject()
    const cost = async () => {
      taken()
      await createEnvironment(ctx, project.id, { name: unique('environment') })
      const created = taken()
      const listed = await listEnvironments(ctx, project.id, asked)
      const list = taken()
      const projects = await seenProjects(ctx, { ...asked, companyIds: [project.company] })
      expect(projects.items[0]?.environments.length).toBe(listed.total)
      return { count: listed.total, calls: [created, list, taken()] }
    }
    const first = await cost()
    for (let left = 998; left > 0; left -= 100) {
      const some = times(Math.min(left, 100), () =>
        createEnvironment(ctx, project.id, { name: unique('environment') }),
      )
      await Promise.all(some)
    }
    const last = await cost()
    expect([first.count, last.count]).toEqual([1, 1000])
    expect(last.calls).toEqual(first.calls)
    const beyond = createEnvironment(ctx, project.id, { name: unique('environment') })
    expect(await refusal(beyond)).toEqual(['environment.limit', { most: 1000 }])
  }, 60_000)
})
