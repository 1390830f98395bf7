import { expect, test } from '@jest/globals'
import { createAccount } from '../../src/domain/accounts/create.ts'
import { updateAccount } from '../../src/domain/accounts/update.ts'
import { createClientKey } from '../../src/domain/client-keys/create.ts'
import { updateClientKey } from '../../src/domain/client-keys/update.ts'
import { addCredential } from '../../src/domain/credentials/add.ts'
import { rotateSecret } from '../../src/domain/credentials/rotate.ts'
import { assertSeen, foldName } from '../../src/domain/names.ts'
import { refusal, worldOfFile } from './world.ts'

const world = worldOfFile()

/** Every character there is, but for halves of pairs. */
const characters = Array.from({ length: 0x110000 }, (_, code) => code)
  .filter((code) => code < 0xd800 || code > 0xdfff)
  .map((code) => String.fromCodePoint(code))

const cased = characters.filter((one) => /\p{CWCM}|\p{CWCF}/u.test(one))

test('folding a name twice is folding it once, for every character and with every mark', () => {
  const marks = ['\u0301', '\u0307', '\u0308', '\u0345', '\u0313\u0345']
  const names = [...characters, ...cased.flatMap((one) => marks.map((mark) => one + mark))]
  const unstable = names.filter((name) => {
    const folded = foldName(name)
    return foldName(folded) !== folded
  })
  expect(unstable).toEqual([])
})

test('characters that the engine takes for one when case is ignored are one, all of them', () => {
  expect(cased.length).toBeGreaterThan(2500)
  const all = cased.join('')
  const apart = cased.filter((one) => {
    const same = all.match(new RegExp(one, 'giu')) ?? []
    return same.length < 1 || same.some((other) => foldName(other) !== foldName(one))
  })
  expect(apart).toEqual([])
})

test('characters whose case is written with several letters are one with those', () => {
  const apart = cased.filter((one) => {
    if (one === '\u0131') return false
    const [upper, lower] = [one.toUpperCase(), one.toLowerCase()]
    return foldName(upper) !== foldName(one) || foldName(lower) !== foldName(one)
  })
  expect(apart).toEqual([])
})

test.each([
  '\u200b',
  '\u200d',
  '\u2060',
  '\ufeff',
  '\u00ad',
  '\u3164',
  '\ufe0f',
  '\u{e0041}',
  '\u202e',
  '\u2066',
  '\u200f',
  '\u061c',
  '\u2028',
  '\u2800',
  '\ufff9',
  '\ufffb',
])('a name with %j in it is refused, with the place', async (trick) => {
  const name = `\u{1f600}b${trick}c`
  const code = `U+${(trick.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`
  const problem = ['request.invalid', { rule: 'name_is_seen', position: 3, code }]
  const ctx = world().system
  const secret = { authMethod: 'client_secret_basic', permissions: [] } as const
  const account = await world().account()
  const { key } = await createClientKey(ctx, { name: `key ${code}` })
  for (const call of [
    () => createAccount(ctx, { ...secret, name }),
    () => updateAccount(ctx, account, { name }),
    () => addCredential(ctx, account, { name }),
    () => rotateSecret(ctx, account, { name, overlapSeconds: 0 }),
    () => createClientKey(ctx, { name }),
    () => updateClientKey(ctx, { id: key.id }, { name }),
  ]) {
    expect(await refusal(call())).toEqual(problem)
  }
})

test('a name of any language is good', () => {
  for (const name of [
    'Straße',
    'Ελλάδα',
    'שלום',
    'مرحبا',
    '東京',
    'a\u0301',
    'caf\u00e9 \u{1f600}',
    '',
  ]) {
    expect(() => assertSeen(name)).not.toThrow()
  }
})
