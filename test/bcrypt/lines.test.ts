import { expect, test } from '@jest/globals'
import { Lines } from '../../src/bcrypt/lines.ts'

const wide = { most: 10, mostOfOne: 10 }

function all(lines: Lines<string>): readonly string[] {
  const taken: string[] = []
  for (let one = lines.take(); one !== undefined; one = lines.take()) taken.push(one)
  return taken
}

test('each site has its turn, however many of another wait', () => {
  const lines = new Lines<string>(wide)
  for (const one of ['a1', 'a2', 'a3']) lines.add('a', one)
  lines.add('b', 'b1')
  expect(lines.take()).toBe('a1')
  lines.add('c', 'c1')
  expect(all(lines)).toEqual(['b1', 'a2', 'c1', 'a3'])
})

test('no more wait than there is room for, in all and of one site', () => {
  const lines = new Lines<string>({ most: 3, mostOfOne: 2 })
  const added = ['a', 'a', 'a', 'b', 'b'].map((site) => lines.add(site, site))
  expect(added).toEqual([true, true, false, true, false])
  lines.take()
  expect(lines.add('c', 'c')).toBe(true)
  expect(lines.takeAll()).toHaveLength(3)
  expect(lines.take()).toBeUndefined()
  expect(lines.add('a', 'a')).toBe(true)
})
