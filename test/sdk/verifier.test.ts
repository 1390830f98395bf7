import { afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals'
import { verifier } from '../../src/sdk/index.ts'
import { eventually } from '../support/eventually.ts'
import { failureOf, issuer, json, metadataOf } from './fake-server.ts'
import { issuing, type Signer, signer } from './issuing.ts'

let first: Signer
let second: Signer
beforeAll(async () => {
  first = await signer('first')
  second = await signer('second')
})

afterEach(() => {
  jest.useRealTimers()
})

/** A resource server that knows the first key. */
const verifying = () => issuing(first)

const down = () => json({}, { status: 503 })

describe('a verifier whose server cannot be read', () => {
  test.each([
    ['answers 503', down],
    ['answers a page', () => new Response('<html>')],
    ['answers no set of keys', () => json({ error: 'none' })],
    ['does not answer', () => Promise.reject(new TypeError('fetch failed'))],
  ])('goes on with the keys that it knows when it %s', async (_, answer) => {
    const { verify, token, state, pass, askedFor } = verifying()
    await verify(await token(first))
    state.answer = answer
    pass(301)
    expect((await verify(await token(first))).client_id).toBe('client')
    expect(askedFor('/jwks')).toBe(2)
  })

  test('goes on with them for a day, and no longer', async () => {
    const { verify, token, state, pass } = verifying()
    await verify(await token(first))
    state.answer = down
    pass(86_399)
    await verify(await token(first))
    pass(2)
    expect((await failureOf(verify(await token(first)))).code).toBe('unreachable')
  })

  test('cools down, and calls a key that it does not know unreachable, not invalid', async () => {
    const { verify, token, state, pass, askedFor } = verifying()
    await verify(await token(first))
    state.answer = down
    pass(11)
    const unknown = await token(second)
    for (let call = 0; call < 20; call += 1) {
      expect((await failureOf(verify(unknown))).code).toBe('unreachable')
    }
    expect(askedFor('/jwks')).toBe(2)
  })

  test('cools down before it knows any key, and says what the server answered', async () => {
    const { verify, token, state, seen } = verifying()
    state.answer = down
    const good = await token(first)
    for (let call = 0; call < 20; call += 1) {
      expect(await failureOf(verify(good))).toMatchObject({ code: 'unreachable', status: 503 })
    }
    expect(seen.length).toBe(2)
  })

  test('lets nobody wait for longer than a second who can be served with what it knows', async () => {
    const { options, token, state, pass } = issuing(first, { timeoutMs: 60_000 })
    const verify = verifier(options)
    await verify(await token(first))
    state.answer = () => new Promise(() => {})
    pass(301)
    const given = await token(first)
    jest.useFakeTimers({ doNotFake: ['performance', 'Date', 'nextTick', 'queueMicrotask'] })
    const verified = verify(given)
    // The wait of the reading, and that of whoever asked.
    await eventually(() => jest.getTimerCount() === 2)
    jest.advanceTimersByTime(1000)
    expect((await verified).sub).toBe('client')
  })

  test('finds the keys when the server is back', async () => {
    const { verify, token, state, pass } = verifying()
    state.answer = down
    await failureOf(verify(await token(first)))
    state.answer = () => json({ keys: [first.jwk] })
    pass(2)
    expect((await verify(await token(first))).client_id).toBe('client')
  })
})

describe('a verifier', () => {
  test('reads the keys once for all who ask at once', async () => {
    const { verify, token, askedFor } = verifying()
    const good = await token(first)
    await Promise.all([verify(good), verify(good), verify(good)])
    expect(askedFor('/jwks')).toBe(1)
  })

  test('finds a new key at once, and looks for a made-up one no more than once in ten seconds', async () => {
    const { verify, token, state, pass, askedFor } = verifying()
    await verify(await token(first))
    pass(11)
    state.answer = () => json({ keys: [first.jwk, second.jwk] })
    await verify(await token(second))
    const madeUp = await token({ ...second, kid: 'made up' })
    for (let call = 0; call < 5; call += 1) {
      expect((await failureOf(verify(madeUp))).code).toBe('invalid_token')
    }
    expect(askedFor('/jwks')).toBe(2)
  })

  test('refuses the token of a key that was taken out of the set five minutes ago', async () => {
    const { verify, token, state, pass } = verifying()
    await verify(await token(first))
    state.answer = () => json({ keys: [second.jwk] })
    pass(301)
    expect((await failureOf(verify(await token(first)))).code).toBe('invalid_token')
  })

  test('passes over what is no key in a set', async () => {
    const { verify, token, state } = verifying()
    state.answer = () => json({ keys: [null, 7, {}, { kty: 'RSA' }, { kty: 5 }, first.jwk] })
    expect((await verify(await token(first))).permissions).toEqual(['a.b'])
  })

  test('asks nobody about what is no token', async () => {
    const { verify, seen } = verifying()
    for (const nonsense of ['', 'a.b.c', 'x'.repeat(100_000)]) {
      expect((await failureOf(verify(nonsense))).code).toBe('invalid_token')
    }
    expect(seen).toEqual([])
  })

  test('ends the wait of a caller whose signal comes', async () => {
    const { verify, token, state } = verifying()
    state.answer = () => new Promise(() => {})
    const stop = new AbortController()
    const code = failureOf(verify(await token(first), { signal: stop.signal }))
    stop.abort()
    expect((await code).code).toBe('aborted')
  })

  test('tells the issuer with and without / at its end apart, in words', async () => {
    const { options, token } = verifying()
    const failed = await failureOf(
      verifier({ ...options, issuer: `${issuer}/` })(await token(first)),
    )
    expect(failed.code).toBe('issuer_mismatch')
    expect(failed.message).toContain('differ by the / at the end')
  })

  test('says so too when it is the token that has the / at the end', async () => {
    const { verify, token } = verifying()
    const failed = await failureOf(verify(await token(first, {}, `${issuer}/`)))
    expect(failed.code).toBe('invalid_token')
    expect(failed.message).toContain('differ by the / at the end')
  })

  test('says where the keys have moved to', async () => {
    const { options, token, answers } = verifying()
    const moved = { status: 308, headers: { location: 'https://new.example/x?secret=1' } }
    answers[`${issuer}/.well-known/oauth-authorization-server`] = () => new Response('', moved)
    expect(await failureOf(verifier(options)(await token(first)))).toMatchObject({
      code: 'redirected',
      location: 'https://new.example/x',
    })
  })

  test('reads the keys where the metadata says that they are', async () => {
    const { verify, token, answers } = verifying()
    const elsewhere = 'https://keys.example/set'
    answers[`${issuer}/.well-known/oauth-authorization-server`] = () =>
      json(metadataOf(issuer, { jwks_uri: elsewhere }))
    answers[elsewhere] = () => json({ keys: [first.jwk] })
    answers[`${issuer}/jwks`] = down
    expect((await verify(await token(first))).sub).toBe('client')
  })
})

// A handler in JavaScript gives undefined when a request has no Authorization.
test.each([undefined, null, 5, {}])('a verifier refuses what is no text: %p', async (given) => {
  const verified = Reflect.apply(verifying().verify, undefined, [given])
  expect(await failureOf(verified)).toMatchObject({ name: 'OstiaryError', code: 'invalid_token' })
})

describe('a verifier of a token that is written in another way', () => {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

  test.each([
    ['stray bits at its end', (token: string) => `${token.slice(0, -1)}${after(token)}`],
    ['padding', (token: string) => `${token}==`],
    ['a line break', (token: string) => `${token}\n`],
    ['the signs of plain base64', (token: string) => token.replace(/[-_]/, swap)],
  ])('refuses it with %s, so that no token has a second spelling', async (_, rewritten) => {
    const { verify, token } = verifying()
    let good = await token(first)
    while (!/[-_]/.test(good.split('.')[2] ?? '')) good = await token(first)
    const parts = good.split('.')
    const other = [...parts.slice(0, 2), rewritten(parts[2] ?? '')].join('.')
    expect(Buffer.from(other.split('.')[2] ?? '', 'base64url')).toEqual(
      Buffer.from(parts[2] ?? '', 'base64url'),
    )
    expect((await verify(good)).client_id).toBe('client')
    const refused = await failureOf(verify(other))
    expect([refused.code, refused.message]).toEqual([
      'invalid_token',
      'the token is not valid: it is not three parts of base64url',
    ])
  })

  const swap = (sign: string) => (sign === '-' ? '+' : '/')
  const after = (token: string) => alphabet[alphabet.indexOf(token.at(-1) ?? '') + 1] ?? ''
})
