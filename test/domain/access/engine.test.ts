import { expect, test } from '@jest/globals'
import { Directory } from '../../../src/directory/directory.ts'
import type { Subject } from '../../../src/domain/access/bound.ts'
import { type Decision, decide } from '../../../src/domain/access/decide.ts'
import { ladder } from '../../../src/domain/access/ladder.ts'
import { permissionNames } from '../../../src/domain/access/permissions.ts'
import type { Place } from '../../../src/domain/access/places.ts'
import {
  accountSubject,
  groupSubject,
  rightsOf,
  rightsOn,
  userSubject,
} from '../../../src/domain/access/rights.ts'
import { pathOf } from '../../../src/domain/access/tree.ts'
import type { Known } from '../../../src/domain/known.ts'
import { worldOfFile } from '../world.ts'
import {
  changedTree,
  choices,
  living,
  numbersOf,
  type RandomTree,
  randomTree,
} from './random-tree.ts'
import { type Asked, isAllowed } from './reference.ts'

const world = worldOfFile()
const trees = 150
const questionsOfEach = 80

/** What a process knows of a tree. */
async function knownOf(tree: RandomTree): Promise<Directory> {
  const known = await Directory.load(world().store, () => 0)
  putTree(known, tree)
  return known
}

function putTree(known: Directory, tree: RandomTree): void {
  for (const one of tree.companies) known.put('company', one)
  for (const one of tree.projects) known.put('project', one)
  for (const one of tree.environments) known.put('environment', one)
  for (const one of tree.roles) known.put('role', one)
  for (const one of tree.groups) known.put('group', one)
  for (const one of tree.users) known.put('user', one)
  for (const one of tree.accounts) known.put('account', one)
}

function subjectOf(known: Known, { kind, id }: Asked): Subject | undefined {
  const account = known.accountByClientId(id)
  if (kind === 'account') return account && accountSubject(account)
  const [user, group] = [known.users.get(id), known.groups.get(id)]
  return kind === 'person' ? user && userSubject(user) : group && groupSubject(group)
}

interface Question {
  readonly permission: (typeof permissionNames)[number]
  readonly place: Place
}

/** What the engine decides, by all rights and by those that reach the place; no path: no. */
function decisions(known: Known, asked: Asked, { permission, place }: Question): Decision[] {
  const [subject, path] = [subjectOf(known, asked), pathOf(known, place)]
  if (!subject || !path) return []
  const rights = [rightsOf(known, subject), rightsOn(known, subject, path)]
  return rights.map((each) => decide(each, ladder(permission), path))
}

function everybody(tree: RandomTree): readonly Asked[] {
  return [
    ...tree.accounts.map(({ clientId }) => ({ kind: 'account' as const, id: clientId })),
    ...tree.users.map(({ id }) => ({ kind: 'person' as const, id })),
    ...tree.groups.map(({ id }) => ({ kind: 'group' as const, id })),
  ]
}

interface Found {
  readonly said: string
  readonly expected: boolean
  readonly decided: readonly Decision[]
}

/** What the specification and the engine say of one random tree, and of the same after it changed. */
async function askedOf(seed: number): Promise<readonly Found[]> {
  const next = numbersOf(seed)
  const tree = randomTree(next)
  const known = await knownOf(tree)
  const asked = { known, tree, next, seed }
  const before = answersOf(asked)
  const later = changedTree(next, tree)
  putTree(known, later)
  return [...before, ...answersOf({ ...asked, tree: living(later) })]
}

interface AskedTree {
  readonly known: Known
  readonly tree: RandomTree
  readonly next: () => number
  readonly seed: number
}

function answersOf({ known, tree, next, seed }: AskedTree): readonly Found[] {
  const { one } = choices(next)
  const people = everybody(tree)
  if (people.length === 0) return []
  return Array.from({ length: questionsOfEach }, () => {
    const asked = one(people)
    const question = { permission: one(permissionNames), place: one(tree.places) }
    return {
      said: `tree ${seed}: ${asked.id}, ${question.permission} on ${question.place}`,
      expected: isAllowed(tree, asked, question),
      decided: decisions(known, asked, question),
    }
  })
}

/** Where there is no path there is no decision, which is a no. */
const isSame = ({ expected, decided }: Found) =>
  decided.length > 0 ? decided.every(({ allowed }) => allowed === expected) : !expected

const isByGroup = ({ decided }: Found) =>
  decided.some((one) => one.allowed && one.grant !== 'system' && 'group' in one.grant.by)

test('the engine decides as the specification reads, on random trees of roles that change', async () => {
  const found: Found[] = []
  for (let seed = 1; seed <= trees; seed += 1) found.push(...(await askedOf(seed)))
  expect(found.filter((one) => !isSame(one)).slice(0, 10)).toEqual([])
  expect(found.length).toBeGreaterThan(10_000)
  expect(found.filter(({ expected }) => expected).length).toBeGreaterThan(1000)
  expect(found.filter(isByGroup).length).toBeGreaterThan(100)
})
