import { expect, test } from '@jest/globals'
import { asksFor, preferred } from '../../src/http/accept.ts'
import { cpuMs } from '../support/cpu.ts'

const types = ['application/json', 'text/csv', 'application/x-ndjson'] as const

test.each([
  [undefined, undefined],
  ['', undefined],
  ['*/*', 'application/json'],
  ['text/csv', 'text/csv'],
  ['TEXT/CSV', 'text/csv'],
  ['text/csv; charset=utf-8', 'text/csv'],
  ['text/csv;header=present', 'text/csv'],
  ['text/csv;header="a,b;q=0"', 'text/csv'],
  ['application/x-ndjson; charset=utf-8', 'application/x-ndjson'],
  ['text/*', 'text/csv'],
  ['application/*', 'application/json'],
  ['text/csv, */*', 'text/csv'],
  ['text/csv;q=0.5, */*;q=0.1', 'text/csv'],
  ['text/csv;q=0.5, */*', 'application/json'],
  ['text/csv;q=0, */*', 'application/json'],
  ['application/json;q=0, */*', 'text/csv'],
  ['text/*;q=0.3, text/csv;q=0', undefined],
  ['application/x-ndjson, text/csv', 'application/x-ndjson'],
  ['text/html', undefined],
  ['"', undefined],
])('of some types %j asks for %s', (header, expected) => {
  expect(preferred(header, types)).toBe(expected)
})

test.each([
  ['text/html', true],
  ['text/html;charset=utf-8, */*;q=0.8', true],
  ['application/xml, Text/HTML;q=0.001', true],
  ['text/html;q=0', false],
  ['text/html; level=1; Q=0.000', false],
  ['text/*', false],
  ['nottext/html', false],
  ['x="text/html"', false],
])('%s asks for a page: %s', (header, expected) => {
  expect(asksFor(header, 'text/html')).toBe(expected)
})

test('a header that is long is read in no time', async () => {
  const header = `${'"\\'.repeat(5000)},${';'.repeat(5000)}`
  const read = () => expect(preferred(header, types)).toBeUndefined()
  expect(await cpuMs(read)).toBeLessThan(100)
})
