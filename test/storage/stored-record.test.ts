import { expect, test } from '@jest/globals'
import type { RecordKind } from '../../src/domain/record-kind.ts'
import { recordKinds } from '../../src/domain/records.ts'
import { flag, object, optional, text } from '../../src/domain/shape.ts'
import { type Versioned, versionedMembers } from '../../src/domain/versioned.ts'
import { decode, decodeBy, encode } from '../../src/storage/stored-record.ts'
import { sampleAccount } from '../domain/samples.ts'

interface Lamp extends Versioned {
  readonly colour: string
  readonly isLit: boolean
  readonly place?: string
}

/** A kind whose shape has changed twice. */
const lamps: RecordKind<Lamp> = {
  prefix: 'lmp',
  shape: object<Lamp>({
    ...versionedMembers,
    colour: text(),
    isLit: flag,
    place: optional(text()),
  }),
  upgrades: [
    ({ color, ...rest }) => ({ ...rest, colour: color }),
    (former) => ({ ...former, isLit: false }),
  ],
  unique: {},
  scope: () => 'root',
  target: ({ id }) => ({ kind: 'lamp', id, name: '' }),
  facts: () => ({}),
}

const read = (record: object) => decodeBy(lamps, JSON.stringify(record), 'lamp')
const base = { id: 'lmp_1', version: 1, live: true }

test('a record of a former shape is raised step by step to the present one', () => {
  const lit = { ...base, colour: 'red', isLit: true }
  expect(read({ ...base, color: 'red' })).toEqual({ ...lit, isLit: false })
  expect(read({ ...base, colour: 'red', shape: 2 })).toEqual({ ...lit, isLit: false })
  expect(read({ ...lit, shape: 3 })).toEqual(lit)
})

test('a member that this release does not know is kept', () => {
  const record = { ...base, colour: 'red', isLit: true, glow: 3 }
  expect(read({ ...record, shape: 3 })).toEqual(record)
  const stored = decode('account', JSON.stringify({ ...sampleAccount(), later: ['x'] }))
  expect(JSON.parse(encode('account', stored).body)).toMatchObject({ later: ['x'] })
})

test.each([
  ['lacks a member', { ...base, isLit: true, shape: 3 }],
  ['has a member of another type', { ...base, colour: 7, isLit: true, shape: 3 }],
  ['comes from a newer release', { ...base, colour: 'red', isLit: true, shape: 4 }],
])('a record that %s is refused as damaged', (_, record) => {
  expect(() => read(record)).toThrow('store.damaged')
})

test.each([
  ['no JSON', '{'],
  ['no object', '[]'],
  ['a permission that is none', JSON.stringify({ ...sampleAccount(), permissions: ['all'] })],
  ['a version that is none', JSON.stringify({ ...sampleAccount(), version: 0 })],
])('an account that is %s is refused as damaged', (_, body) => {
  expect(() => decode('account', body)).toThrow('store.damaged')
})

test('every kind of record has a prefix of its own', () => {
  const prefixes = Object.values(recordKinds).map(({ prefix }) => prefix)
  expect(new Set(prefixes).size).toBe(prefixes.length)
})
