import { Writable } from 'node:stream'
import { expect, test } from '@jest/globals'
import { Problem, storeAway } from '../../src/domain/problem.ts'
import { Outage } from '../../src/server/outage.ts'
import { openLogger } from '../../src/telemetry/logger.ts'

function opened() {
  const lines: Record<string, unknown>[] = []
  const stream = new Writable({
    write(chunk, _encoding, done) {
      lines.push(JSON.parse(String(chunk)))
      done()
    },
  })
  let at = 1_000_000
  const outage = new Outage(openLogger({ level: 'info', format: 'json', stream }), () => at)
  const pass = (seconds: number) => {
    at += seconds * 1000
  }
  return { lines, outage, pass }
}

test('an outage is told of when it begins, once a minute while it lasts, and when it is over', () => {
  const { lines, outage, pass } = opened()
  for (let second = 0; second < 150; second += 1) {
    for (let n = 0; n < 3; n += 1) outage.take(storeAway(new Error('no answer')))
    pass(1)
  }
  outage.end()
  outage.end()
  expect(lines).toMatchObject([
    { level: 'warn', message: 'the store is away', reason: 'no answer' },
    { message: 'the store is away', forSeconds: 60 },
    { message: 'the store is away', forSeconds: 120 },
    { level: 'info', message: 'the store is back', afterSeconds: 150 },
  ])
  expect(JSON.stringify(lines)).not.toContain('stack')
})

test('the next outage is told of at once, however soon it comes', () => {
  const { lines, outage, pass } = opened()
  for (let n = 0; n < 2; n += 1) {
    outage.take(new Problem('store.full', { retryAfterSeconds: 30 }))
    pass(1)
    outage.end()
  }
  expect(lines.map(({ message }) => message)).toEqual([
    'the store has no room: changes wait',
    'the store is back',
    'the store has no room: changes wait',
    'the store is back',
  ])
})

test('a fault that is not the store’s is no outage', () => {
  const { lines, outage } = opened()
  expect(outage.take(new Error('a bug'))).toBe(false)
  expect(outage.take(new Problem('account.not_found', {}))).toBe(false)
  outage.end()
  expect(lines).toEqual([])
})
