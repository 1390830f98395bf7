import { describe, expect, test } from '@jest/globals'
import { companyPlace, projectPlace } from '../../../src/domain/access/places.ts'
import { companyEntry } from '../../../src/domain/audit/company-entry.ts'
import type { ActorRef, Event } from '../../../src/domain/audit/event.ts'
import { createCompany } from '../../../src/domain/companies/companies.ts'
import { createProject } from '../../../src/domain/projects/projects.ts'
import { looseEvent } from '../../contract/samples.ts'
import { unique } from '../samples.ts'
import { worldOfFile } from '../world.ts'

const world = worldOfFile()

async function newPlaces() {
  const { id } = await createCompany(world().system, { name: unique('company') })
  const project = await createProject(world().system, id, { name: 'Payments' })
  return { company: companyPlace(id), project: projectPlace(project.id) }
}

function entry(changes: Partial<Event>): Event {
  return { ...looseEvent(), seq: 1, hash: '', previousHash: '', ...changes }
}

describe('what a company sees of an entry', () => {
  test('about a person has their roles in it, and none elsewhere, nor a right at the root', async () => {
    const [own, other] = [await newPlaces(), await newPlaces()]
    const roles = (places: readonly string[]) => places.map((on) => ({ on, role: 'reporter' }))
    const before = {
      name: 'Ada',
      email: 'ada@example.org',
      state: 'enabled',
      permissions: ['console.root.view'],
      bindings: roles([own.company, own.project, other.company, other.project, 'project:gone']),
    }
    const target = { kind: 'user', id: 'user_ada', name: 'Ada' }
    const scope = ['root', other.company, own.company] as const
    const event = entry({ target, scope, before, after: { bindings: roles([other.company]) } })
    const shown = companyEntry(world().system.known, own.company, event)
    expect(shown.before).toEqual({
      name: 'Ada',
      email: 'ada@example.org',
      bindings: roles([own.company, own.project]),
    })
    expect(shown.after).toEqual({ bindings: [] })
    expect(shown.scope).toBe(own.company)
  })

  test.each<readonly [string, ActorRef, string, string]>([
    [
      'its own account',
      { kind: 'account', id: 'bot', name: 'Bot', of: ['company:c'] },
      'bot',
      'serviceaccount',
    ],
    [
      'its own person',
      { kind: 'person', id: 'ada', name: 'Ada', of: ['company:c'] },
      'ada',
      'user',
    ],
    ['an account of the root', { kind: 'account', id: 'root', name: 'R' }, 'platform', 'system'],
    [
      'a person of another company',
      { kind: 'person', id: 'eve', name: 'Eve', of: ['company:d'] },
      'platform',
      'system',
    ],
    ['a task of the server', { kind: 'system', id: 'purge', name: 'purge' }, 'platform', 'system'],
    ['nobody', { kind: 'anonymous', id: '', name: '' }, 'anonymous', 'anonymous'],
  ])('by %s names who did it as far as they are its own', (_, actor, author, identityType) => {
    const event = entry({ actor, scope: ['company:c', 'company:d'] })
    const shown = companyEntry(world().system.known, 'company:c', event)
    expect(shown).toMatchObject({ author, identityType })
    if (author !== actor.id) expect(shown.authorName).toBe('')
  })

  test('that an account of the root made in the name of one of its own names its own alone', () => {
    const root = { kind: 'account', id: 'the-root', name: 'Root' } as const
    const actor = { kind: 'account', id: 'bot', name: 'Bot', of: ['company:c'] } as const
    const event = entry({ actor: { ...actor, impersonatedBy: root }, scope: ['company:c'] })
    const shown = companyEntry(world().system.known, 'company:c', event)
    expect(shown.author).toBe('bot')
    expect(JSON.stringify(shown)).not.toMatch(/the-root|Root/)
  })
})
