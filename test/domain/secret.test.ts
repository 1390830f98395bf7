import { inspect } from 'node:util'
import { describe, expect, test } from '@jest/globals'
import {
  digestWith,
  fingerprint,
  isMistyped,
  newPepperKey,
  newSecret,
  pepperOf,
  Secret,
  sameDigest,
} from '../../src/domain/secret.ts'

describe('a secret', () => {
  test('cannot print, however it is looked at', () => {
    const secret = new Secret('hunter2')
    const views = [
      String(secret),
      `${secret}`,
      JSON.stringify({ secret }),
      inspect({ secret }, { depth: 9, showHidden: true }),
      Object.entries(secret).join(),
      JSON.stringify(structuredClone({ ...secret })),
    ]
    expect(views.join()).not.toContain('hunter2')
    expect(secret.reveal()).toBe('hunter2')
  })

  test('has 256 random bits, unreserved characters only, and its kind in front', () => {
    const made = Array.from({ length: 200 }, () => newSecret('secret').reveal())
    expect(new Set(made).size).toBe(200)
    for (const text of made) {
      expect(text).toMatch(/^ost_sk_[\w-]{43}_[\w-]{6}$/)
      expect(encodeURIComponent(text)).toBe(text)
    }
    expect(newSecret('clientKey').reveal()).toMatch(/^ost_ck_/)
  })

  test('is known to be mistyped when any one character is another', () => {
    const text = newSecret('secret').reveal()
    expect(isMistyped('secret', text)).toBe(false)
    for (let at = 'ost_sk_'.length; at < text.length; at += 1) {
      const other = text[at] === 'A' ? 'B' : 'A'
      expect(isMistyped('secret', text.slice(0, at) + other + text.slice(at + 1))).toBe(true)
    }
    for (const wrong of [text.slice(0, -1), `${text}A`, `${text} `, 'ost_sk_', 'ost_sk_x']) {
      expect(isMistyped('secret', wrong)).toBe(true)
    }
  })

  test('of another make is never said to be mistyped', () => {
    for (const text of ['', 'of-my-own', newSecret('clientKey').reveal()]) {
      expect(isMistyped('secret', text)).toBe(false)
    }
  })
})

describe('a digest', () => {
  const [one, other] = [pepperOf(newPepperKey()), pepperOf(newPepperKey())]

  test('is the same for the same secret and pepper alone', () => {
    expect(sameDigest(digestWith(one, 'a'), digestWith(one, 'a'))).toBe(true)
    expect(sameDigest(digestWith(one, 'a'), digestWith(one, 'b'))).toBe(false)
    expect(sameDigest(digestWith(one, 'a'), digestWith(other, 'a'))).toBe(false)
    const moved = { ...digestWith(one, 'a'), pepper: other.id }
    expect(sameDigest(digestWith(one, 'a'), moved)).toBe(false)
    expect(sameDigest(digestWith(one, 'a'), { pepper: one.id, value: '' })).toBe(false)
  })

  test('names its pepper without telling it', () => {
    expect(digestWith(one, 'a').pepper).toBe(one.id)
    expect(pepperOf(one.key).id).toBe(one.id)
    expect(one.key.reveal()).not.toContain(one.id)
  })
})

test('a fingerprint tells where one part ends and the next begins', () => {
  expect(fingerprint('pk', 'j1U')).not.toBe(fingerprint('pkj1', 'U'))
  expect(fingerprint('a', '')).not.toBe(fingerprint('a'))
  expect(fingerprint('a', 'b')).toBe(fingerprint('a', 'b'))
})
