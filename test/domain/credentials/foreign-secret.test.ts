import { expect, test } from '@jest/globals'
import { hashSync } from 'bcryptjs'
import {
  bcryptCost,
  bcryptForm,
  isReadWhole,
} from '../../../src/domain/credentials/foreign-secret.ts'

const form = new RegExp(bcryptForm)
const known = 'E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'
const salt = 'CCCCCCCCCCCCCCCCCCCCC.'

test.each([
  '$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW',
  '$2b$12$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW',
  '$2y$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW',
  hashSync('a secret', 4),
])('a digest of bcrypt is known by its form: %s', (digest) => {
  expect(form.test(digest)).toBe(true)
})

test.each([
  ['no algorithm', `${salt}${known}`],
  ['one that is broken', `$2x$05$${salt}${known}`],
  ['no cost', `$2b$5$${salt}${known}`],
  ['too little a cost', `$2b$03$${salt}${known}`],
  ['a cost beyond all', `$2b$32$${salt}${known}`],
  ['a letter too few', `$2b$05$${salt}${known.slice(1)}`],
  ['a letter too many', `$2b$05$${salt}.${known}`],
  ['a salt that is never written so', `$2b$05$${'C'.repeat(22)}${known}`],
  ['a digest that is never written so', `$2b$05$${salt}${known.slice(0, -1)}X`],
  ['a line break behind it', `$2b$05$${salt}${known}\n`],
])('nothing else is taken for one: %s', (_what, text) => {
  expect(form.test(text)).toBe(false)
})

test('what a digest costs to check stands in it', () => {
  expect(bcryptCost(`$2b$05$${salt}${known}`)).toBe(5)
})

test('a secret that bcrypt would not read to its end is known as such', () => {
  expect(isReadWhole('x'.repeat(72))).toBe(true)
  expect(isReadWhole('x'.repeat(73))).toBe(false)
  expect(isReadWhole('é'.repeat(37))).toBe(false)
  expect(isReadWhole('known\u0000rest')).toBe(false)
})
