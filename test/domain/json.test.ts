import { expect, test } from '@jest/globals'
import { JsonRefused, mostLevels, parseJson } from '../../src/domain/json.ts'

const nested = (levels: number, [open, close] = ['[', ']']) =>
  `${open.repeat(levels)}1${close.repeat(levels)}`

test('JSON of as many levels as may be is read', () => {
  const text = nested(mostLevels)
  expect(JSON.stringify(parseJson(text))).toBe(text)
})

test.each([
  ['lists', nested(mostLevels + 1)],
  ['very many lists', nested(5000)],
  ['objects', nested(5000, ['{"a":', '}'])],
  ['objects in lists', nested(mostLevels / 2 + 1, ['[{"a":', '}]'])],
  ['lists that do not end', '['.repeat(100_000)],
  ['lists behind a text', `{"a":"]]]]","b":${nested(5000)}}`],
  ['lists behind an escaped quote', `{"a":"\\"","b":${nested(5000)}}`],
  ['lists behind an escaped backslash', `{"a":"\\\\","b":${nested(5000)}}`],
])('JSON of %s in one another is not', (_kind, text) => {
  expect(() => parseJson(text)).toThrow(JsonRefused)
})

test.each([
  ['in texts', JSON.stringify({ a: '['.repeat(100), b: '\\"[{'.repeat(50) })],
  ['side by side', JSON.stringify(Array.from({ length: 500 }, () => [{}]))],
])('brackets %s are no levels', (_kind, text) => {
  expect(parseJson(text)).toEqual(JSON.parse(text))
})

test.each(['', '{', '"[', '{"a":"\\', ']]]]', 'nul'])('%j is no JSON', (text) => {
  expect(() => parseJson(text)).toThrow(SyntaxError)
  expect(() => parseJson(text)).not.toThrow(JsonRefused)
})

test('every character of a text that never ends is looked at once', () => {
  const before = performance.now()
  expect(() => parseJson(`"${'\\"'.repeat(1_000_000)}`)).toThrow(SyntaxError)
  // Looked at once for each quote it would take hours.
  expect(performance.now() - before).toBeLessThan(10_000)
})

test.each([
  ['of an object', '{"a":1,"b":2,"a":1}', 'a'],
  ['of an object in a list in an object', '{"a":[{"b":{}},{"b":1,"c":[1,{}],"b":2}]}', 'b'],
  ['that is spelled in another way', '{"role":1,"\\u0072ole":2}', 'role'],
  ['that has no letters', '{"":1,"":2}', ''],
  ['like one of every object', '{"__proto__":1,"__proto__":2}', '__proto__'],
])('a member %s that stands there twice is refused by name', (_where, text, name) => {
  expect(() => parseJson(text)).toThrow(`has the member ${JSON.stringify(name)} twice`)
  expect(() => parseJson(text)).toThrow(JsonRefused)
})

test.each([
  ['of several objects', '[{"a":1},{"a":2},{"a":{"a":3}}]'],
  ['and of the object around it', '{"a":{"a":1},"b":{"a":2}}'],
  ['and of a text', '{"a":"a","b":["a","a","b"]}'],
  ['in another case', '{"a":1,"A":2}'],
])('a member %s may have one name', (_where, text) => {
  expect(parseJson(text)).toEqual(JSON.parse(text))
})

test('an object has a thousand members at most', () => {
  const withMembers = (count: number) =>
    JSON.stringify(Object.fromEntries(Array.from({ length: count }, (_, n) => [`m${n}`, n])))
  expect(Object.keys(Object(parseJson(withMembers(1000))))).toHaveLength(1000)
  expect(() => parseJson(withMembers(1001))).toThrow('more than 1000 members')
})
