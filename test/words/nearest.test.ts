import { expect, test } from '@jest/globals'
import { meant, nearest } from '../../src/words/nearest.ts'

const known = ['console.root.view', 'http.port', 'name']

test.each([
  ['console.root.veiw', 'console.root.view'],
  ['HTTP.PROT', 'http.port'],
  ['nmae', undefined],
  ['nam', 'name'],
  ['names', 'name'],
])('%s was probably meant as %s', (given, name) => {
  expect(nearest(given, known)).toBe(name)
})

test('a name that is near to none is not guessed at', () => {
  expect([meant('view', known), meant('', known), meant('x'.repeat(100_000), known)]).toEqual([
    '',
    '',
    '',
  ])
  expect(meant('http.prot', known)).toBe(' (did you mean http.port?)')
})
