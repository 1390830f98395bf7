import { expect, test } from '@jest/globals'
import {
  isTimedUuid,
  newClientId,
  newId,
  newTokenId,
  parseId,
  timeOf,
  trustedId,
} from '../../src/domain/ids.ts'
import { newRecordId } from '../../src/domain/records.ts'

const at = Date.UTC(2027, 0, 1)

test('an id says what it is of and when it was made', () => {
  const id = newId('credential', at)
  expect(id).toMatch(/^cred_[0-9a-z]{9}[0-9a-f]{20}$/)
  expect(timeOf(id)).toBe(at)
})

test('ids of one kind sort by creation, also across a change of length', () => {
  const times = [1, 35, 36, at, at + 1, at * 10]
  const ids = times.map((time) => newRecordId('account', time))
  expect(ids.toSorted()).toEqual(ids)
})

test('ids of one millisecond are all different', () => {
  expect(new Set(Array.from({ length: 10_000 }, () => newId('event', at))).size).toBe(10_000)
})

test('an id from outside is read as its own kind alone', () => {
  const id = newId('credential', at)
  expect(parseId('credential', id)).toBe(id)
  expect(parseId('event', id)).toBeUndefined()
  for (const text of [
    '',
    'cred_',
    `${id}0`,
    id.slice(1),
    id.toUpperCase(),
    `${id}\n`,
    '__proto__',
  ]) {
    expect(parseId('credential', text)).toBeUndefined()
  }
  expect(trustedId('account', 'acc_kept')).toBe('acc_kept')
})

test('a text that is no id was made at no time, which is after and before nothing', () => {
  for (const text of ['', 'tok_', '-', 'tok_!']) {
    expect(timeOf(text)).toBeNaN()
    expect(timeOf(text) > 0).toBe(false)
  }
})

test('a token has a UUID that tells its time, and sorts by it', () => {
  const ids = [at, at + 1, at * 10].map(newTokenId)
  for (const id of ids) expect(isTimedUuid(id)).toBe(true)
  expect(ids.toSorted()).toEqual(ids)
  expect(ids.map(timeOf)).toEqual([at, at + 1, at * 10])
  expect(new Set(Array.from({ length: 10_000 }, () => newTokenId(at))).size).toBe(10_000)
})

test('a client id is random, of characters that need no encoding', () => {
  const ids = Array.from({ length: 1000 }, newClientId)
  expect(new Set(ids).size).toBe(1000)
  for (const id of ids) expect(id).toMatch(/^ost_ci_[\w-]{24}$/)
})
