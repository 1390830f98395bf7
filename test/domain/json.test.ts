import { expect, test } from '@jest/globals'
import { JsonTooDeep, mostLevels, parseJson } from '../../src/domain/json.ts'

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
  expect(() => parseJson(text)).toThrow(JsonTooDeep)
})

test.each([
  ['in texts', JSON.stringify({ a: '['.repeat(100), b: '\\"[{'.repeat(50) })],
  ['side by side', JSON.stringify(Array.from({ length: 500 }, () => [{}]))],
])('brackets %s are no levels', (_kind, text) => {
  expect(parseJson(text)).toEqual(JSON.parse(text))
})

test.each(['', '{', '"[', '{"a":"\\', ']]]]', 'nul'])('%j is no JSON', (text) => {
  expect(() => parseJson(text)).toThrow(SyntaxError)
  expect(() => parseJson(text)).not.toThrow(JsonTooDeep)
})

test('every character of a text that never ends is looked at once', () => {
  const before = performance.now()
  expect(() => parseJson(`"${'\\"'.repeat(1_000_000)}`)).toThrow(SyntaxError)
  // Looked at once for each quote it would take hours.
  expect(performance.now() - before).toBeLessThan(10_000)
})
