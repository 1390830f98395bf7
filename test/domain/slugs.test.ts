import { expect, test } from '@jest/globals'
import { another, slugOf } from '../../src/domain/slugs.ts'

test.each([
  ['Payments', 'payments'],
  ['Ärger & Söhne', 'arger-sohne'],
  ['Straße Łódź Øst', 'strasse-lodz-ost'],
  ['  -- A  b -- ', 'a-b'],
  ['Ⅷ ﬁ', 'viii-fi'],
])('a slug has letters, digits and hyphens alone: %s', (name, slug) => {
  expect(slugOf(name)).toBe(slug)
})

test.each(['日本', '🙂', '-'])(
  'a name without any letter that fits has a random one: %s',
  (name) => {
    expect(slugOf(name)).toMatch(/^[a-z2-9]{4}$/)
  },
)

test('no slug is longer than it may be, nor ends with a hyphen', () => {
  const long = `${'a'.repeat(39)} b`
  expect(slugOf(long)).toBe('a'.repeat(39))
  expect(another('a'.repeat(80), 63)).toMatch(/^a{58}-[a-z2-9]{4}$/)
})
