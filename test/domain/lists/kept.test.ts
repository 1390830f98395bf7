import { describe, expect, test } from '@jest/globals'
import { companyPlace } from '../../../src/domain/access/places.ts'
import {
  createCompany,
  deleteCompany,
  updateCompany,
} from '../../../src/domain/companies/companies.ts'
import type { Company } from '../../../src/domain/companies/company.ts'
import { seenCompanies, seenProjects } from '../../../src/domain/companies/list.ts'
import { KeptLists } from '../../../src/domain/lists/kept.ts'
import { listOrders } from '../../../src/domain/lists/order.ts'
import { type ListAsked, pageOf } from '../../../src/domain/lists/page.ts'
import { createProject } from '../../../src/domain/projects/projects.ts'
import { worldOfFile } from '../world.ts'

const world = worldOfFile()

const sortings = listOrders.flatMap((by) => [
  { by, isDescending: false },
  { by, isDescending: true },
])
const whole: ListAsked = {
  sorting: sortings[0] ?? { by: 'name', isDescending: false },
  search: '',
  from: { page: 1 },
  perPage: 100,
}

interface Row {
  readonly id: string
  readonly name: string
  readonly createdAt: number
}

/** A list in which some were made in the same moment. */
const rows: readonly Row[] = Array.from({ length: 700 }, (_, n) => ({
  id: `id ${(n * 7919) % 700}`,
  name: `Name ${n % 90}`,
  createdAt: Math.floor(n / 3),
}))

async function* inSlices<T>(items: readonly T[], looks: { count: number }) {
  looks.count += 1
  for (let from = 0; from < items.length; from += 100) yield items.slice(from, from + 100)
}

/** Every page of a list, by their links. */
async function pages(
  asked: ListAsked,
  listOf: (asked: ListAsked) => ReturnType<typeof pageOf<Row>>,
) {
  const found = [await listOf(asked)]
  for (let next = found[0]?.next; next !== undefined; next = found.at(-1)?.next) {
    found.push(await listOf({ ...asked, from: { cursor: next } }))
  }
  return found
}

describe('a list that is kept', () => {
  test.each(['', '8', 'name 1', 'none'])(
    'has the same pages as one that is not (%j)',
    async (search) => {
      const { system } = world()
      const looks = { count: 0 }
      const lists = new KeptLists<Row>()
      const listed = () => ({ of: ['rows'], some: inSlices(rows, looks), row: (row: Row) => row })
      const kept = () => ({ ...listed(), kept: lists.at(system.known, 1) })
      for (const sorting of sortings) {
        const asked = { ...whole, sorting, search, perPage: 64 }
        const byCursor = await pages(asked, (page) => pageOf(system, listed(), page))
        expect(await pages(asked, (page) => pageOf(system, kept(), page))).toEqual(byCursor)
        const third = { ...asked, from: { page: 3 } }
        expect(await pageOf(system, kept(), third)).toEqual(await pageOf(system, listed(), third))
      }
    },
  )

  test('is looked through once for all who ask, until anything of it has changed', async () => {
    const { system } = world()
    const looks = { count: 0 }
    const lists = new KeptLists<Row>()
    const ask = async (revision: number) => {
      const kept = lists.at(system.known, revision)
      await pageOf(
        system,
        { of: [], some: inSlices(rows, looks), row: (row: Row) => row, kept },
        whole,
      )
      return looks.count
    }
    expect(await Promise.all([ask(1), ask(1)])).toEqual([1, 1])
    expect([await ask(1), await ask(2), await ask(2)]).toEqual([1, 2, 2])
  })
})

test('companies and projects are listed to those who see all of them as they are at that moment', async () => {
  const { system, clock } = world()
  const companies = async (search = '') =>
    (await seenCompanies(system, { ...whole, search })).items.map(({ name }) => name)
  const projects = async () =>
    (await seenProjects(system, { ...whole, companyIds: [] })).items.map(
      ({ project: { name } }) => name,
    )
  const make = (name: string): Promise<Company> => createCompany(system, { name })
  const one = await make('one')
  expect([await companies(), await companies('t'), await projects()]).toEqual([['one'], [], []])
  const two = await make('two')
  await createProject(system, one.id, { name: 'of one' })
  // Of two of one millisecond either may be the first.
  clock.at += 1
  await createProject(system, two.id, { name: 'of two' })
  expect([await companies('t'), await projects()]).toEqual([['two'], ['of one', 'of two']])
  await updateCompany(system, { companyId: two.id }, { name: 'other' })
  await deleteCompany(system, { companyId: one.id })
  expect([await companies(), await companies('t'), await projects()]).toEqual([
    ['other'],
    ['other'],
    ['of two'],
  ])
  expect(system.known.projects.in(companyPlace(one.id)).length).toBe(1)
})
