import { Writable } from 'node:stream'
import { expect, test } from '@jest/globals'
import { openLogger } from '../../src/telemetry/logger.ts'

function logged(format: 'json' | 'text', fields: Record<string, unknown>): string {
  let text = ''
  const stream = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk)
      done()
    },
  })
  openLogger({ level: 'info', format, stream }).info('login refused', fields)
  return text
}

test.each(['json', 'text'] as const)('a value makes no line of its own (%s)', (format) => {
  const text = logged(format, { clientId: 'x\n2026-01-01T00:00:00Z info FORGED', count: 2 })
  expect(text.trimEnd().split('\n')).toHaveLength(1)
})

test('a line of text shows plain values as they are, and quotes the others', () => {
  const text = logged('text', { clientId: 'ost_ci_a-b', reason: 'two words', count: 2 })
  expect(text).toMatch(/ info login refused clientId=ost_ci_a-b reason="two words" count=2\n$/)
})
