import { deflateSync } from 'node:zlib'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { failureOf, issuer, json } from './fake-server.ts'
import { issuing, type ListChanges, listUri, type Signer, signer } from './issuing.ts'

let first: Signer
let second: Signer
beforeAll(async () => {
  first = await signer('first')
  second = await signer('second')
})

const down = () => json({}, { status: 503 })

describe('a token that names its place in a status list', () => {
  test('is good while its bit is not set, and revoked when it is', async () => {
    const { verify, listed, list, publish } = issuing(first)
    publish(await list({ revoked: [8, 1_048_575] }))
    for (const [idx, isGood] of [
      [7, true],
      [8, false],
      [9, true],
      [1_048_574, true],
      [1_048_575, false],
    ] as const) {
      const verified = verify(await listed(idx))
      if (isGood) expect((await verified).sub).toBe('client')
      else expect((await failureOf(verified)).code).toBe('token_revoked')
    }
  })

  test.each([1, 2, 4, 8])('is found in a list of %i bits a token', async (bits) => {
    const { verify, listed, list, publish } = issuing(first)
    const bytes = new Uint8Array(64)
    bytes[Math.floor((9 * bits) / 8)] = 1 << ((9 * bits) % 8)
    const lst = deflateSync(bytes).toString('base64url')
    publish(await list({ claims: { status_list: { bits, lst } } }))
    await verify(await listed(8))
    await verify(await listed(10))
    expect((await failureOf(verify(await listed(9)))).code).toBe('token_revoked')
  })

  test.each<readonly [string, unknown, unknown, string]>([
    ['a place that is no number', 'seven', listUri, 'invalid_token'],
    ['a place before the first', -1, listUri, 'invalid_token'],
    ['half a place', 0.5, listUri, 'invalid_token'],
    ['a list that is no text', 1, 5, 'invalid_token'],
    ['a place beyond the end', 1_048_576, listUri, 'status_list.out_of_range'],
    ['a list elsewhere', 1, 'https://evil.example/api/status-lists/1', 'status_list.foreign'],
    ['a list on a host that begins alike', 1, `${issuer}.evil.example/1`, 'status_list.foreign'],
    ['a list by a user', 1, listUri.replace('//', '//me@'), 'status_list.foreign'],
    ['a list with a query', 1, `${listUri}?a=b`, 'status_list.foreign'],
    ['what is no address', 1, 'status-lists/1', 'status_list.foreign'],
  ])('is refused when it names %s', async (_, idx, uri, code) => {
    const { verify, listed, list, publish, seen } = issuing(first)
    publish(await list())
    expect((await failureOf(verify(await listed(idx, uri)))).code).toBe(code)
    expect(seen.filter(({ url }) => !url.startsWith(`${issuer}/`))).toEqual([])
  })

  test('is refused when it names another mechanism than a list', async () => {
    const { verify, projectToken } = issuing(first)
    const failed = await failureOf(verify(await projectToken({ status: { other: {} } })))
    expect(failed.code).toBe('invalid_token')
  })

  test('is looked for anew in a list that may have grown since', async () => {
    const { verify, listed, list, publish, pass } = issuing(first)
    publish(await list({ bytes: new Uint8Array(1) }))
    await verify(await listed(7))
    publish(await list({ bytes: new Uint8Array(2) }))
    pass(11)
    await verify(await listed(8))
  })
})

describe('a status list', () => {
  test.each<readonly [string, () => ListChanges, string]>([
    ['signed by a key of somebody else', () => ({ by: { ...second, kid: 'first' } }), 'signature'],
    ['signed by a key that is not known', () => ({ by: second }), 'signature'],
    ['of another issuer', () => ({ claims: { iss: 'https://evil.example' } }), 'foreign'],
    ['that is another one', () => ({ claims: { sub: `${issuer}/2` } }), 'foreign'],
    ['past its exp', () => ({ claims: { exp: 1 } }), 'expired'],
    ['dated in the future', () => ({ claims: { iat: 9_999_999_999 } }), 'expired'],
    ['that is a token of another type', () => ({ typ: 'JWT' }), 'damaged'],
    ['without bits', () => ({ claims: { status_list: { lst: '' } } }), 'damaged'],
    ['without a list', () => ({ claims: { status_list: undefined } }), 'damaged'],
    ['without a time', () => ({ claims: { iat: undefined } }), 'damaged'],
    ['that is not packed', () => ({ lst: 'AAAA' }), 'damaged'],
    ['of nothing', () => ({ lst: '' }), 'damaged'],
    [
      'whose content is cut off',
      () => ({ lst: deflateSync(new Uint8Array(4096)).subarray(0, 12).toString('base64url') }),
      'damaged',
    ],
    ['that unpacks to 10 MB', () => ({ bytes: new Uint8Array(10_000_000) }), 'too_large'],
  ])('%s is refused by a code of its own', async (_, changes, code) => {
    const { verify, listed, list, publish } = issuing(first)
    publish(await list(changes()))
    const failed = await failureOf(verify(await listed()))
    expect(failed).toMatchObject({ name: 'OstiaryError', code: `status_list.${code}` })
  })

  test('that is cut off is refused', async () => {
    const { verify, listed, list, publish } = issuing(first)
    publish((await list()).slice(0, 150))
    expect((await failureOf(verify(await listed()))).code).toBe('status_list.damaged')
  })

  test('of 10 MB is read no further than to its bound, and refused', async () => {
    const { verify, listed, answers } = issuing(first)
    let sent = 0
    const chunk = new Uint8Array(64 * 1024).fill(97)
    const pull = (to: ReadableStreamDefaultController) => {
      sent += chunk.byteLength
      if (sent < 10_000_000) to.enqueue(chunk)
      else to.close()
    }
    answers[listUri] = () => new Response(new ReadableStream({ pull }))
    expect((await failureOf(verify(await listed()))).code).toBe('status_list.too_large')
    expect(sent).toBeLessThan(2_000_000)
  })

  test('that has moved is not followed', async () => {
    const { verify, listed, answers } = issuing(first)
    const headers = { location: 'https://new.example/x' }
    answers[listUri] = () => new Response('', { status: 307, headers })
    expect((await failureOf(verify(await listed()))).code).toBe('redirected')
  })

  test('is read once for all who ask at once, and again after its ttl', async () => {
    const { verify, listed, list, publish, pass, listsRead } = issuing(first)
    publish(await list())
    const token = await listed()
    await Promise.all([verify(token), verify(token), verify(token)])
    expect(listsRead()).toBe(1)
    pass(59)
    await verify(token)
    expect(listsRead()).toBe(1)
    publish(await list({ revoked: [7] }))
    pass(2)
    expect((await failureOf(verify(token))).code).toBe('token_revoked')
    expect(listsRead()).toBe(2)
  })

  test('is read more often than its ttl says where that is wanted', async () => {
    const { verify, listed, list, publish, pass } = issuing(first, { pollSeconds: 5 })
    publish(await list())
    const token = await listed()
    await verify(token)
    publish(await list({ revoked: [7] }))
    pass(5)
    expect((await failureOf(verify(token))).code).toBe('token_revoked')
  })

  test('is asked for by its tag, and kept when it has not changed', async () => {
    const { verify, listed, list, publish, pass, seen, answers, listsRead } = issuing(first)
    publish(await list(), { etag: '"one"' })
    await verify(await listed())
    answers[listUri] = () => new Response(null, { status: 304 })
    pass(61)
    await verify(await listed())
    pass(30)
    await verify(await listed())
    expect(listsRead()).toBe(2)
    expect(new Headers(seen.at(-1)?.init.headers).get('if-none-match')).toBe('"one"')
  })

  test('that is about to end is asked for whole', async () => {
    const { verify, listed, list, publish, pass, seen } = issuing(first)
    publish(await list({ claims: { ttl: 500 } }), { etag: '"one"' })
    const token = await listed()
    await verify(token)
    pass(501)
    publish(await list())
    await verify(token)
    expect(new Headers(seen.at(-1)?.init.headers).get('if-none-match')).toBeNull()
  })

  test('is asked for as what it is', async () => {
    const { verify, listed, list, publish, seen } = issuing(first)
    publish(await list())
    await verify(await listed())
    const asked = seen.find(({ url }) => url === listUri)
    expect(new Headers(asked?.init.headers).get('accept')).toBe('application/statuslist+jwt')
    expect(asked?.init.redirect).toBe('manual')
  })
})

describe('while the issuer is away', () => {
  test.each([
    ['answers 503', down],
    ['answers a list by a wrong key', undefined],
    ['does not answer', () => Promise.reject(new TypeError('fetch failed'))],
  ])('a list that is known serves until its exp when it %s, and no longer', async (_, answer) => {
    const { verify, listed, list, publish, pass, answers } = issuing(first)
    publish(await list({ revoked: [8] }))
    const [good, bad] = [await listed(7), await listed(8)]
    await verify(good)
    if (answer === undefined) publish(await list({ by: { ...second, kid: 'first' } }))
    else answers[listUri] = answer
    pass(599)
    await verify(good)
    expect((await failureOf(verify(bad))).code).toBe('token_revoked')
    pass(10)
    const { code } = await failureOf(verify(good))
    expect(code).toBe(answer ? 'status_list.unavailable' : 'status_list.signature')
  })

  test('a list serves no longer than was set, and says why it is refused', async () => {
    const { verify, listed, list, publish, pass, answers } = issuing(first, { staleSeconds: 120 })
    publish(await list())
    await verify(await listed())
    answers[listUri] = down
    pass(119)
    await verify(await listed())
    pass(2)
    expect(await failureOf(verify(await listed()))).toMatchObject({
      code: 'status_list.unavailable',
      status: 503,
    })
  })

  test('a token is refused whose list was never read, with pauses between the tries', async () => {
    const { verify, listed, answers, listsRead } = issuing(first)
    answers[listUri] = down
    const token = await listed()
    for (let call = 0; call < 20; call += 1) {
      expect((await failureOf(verify(token))).code).toBe('status_list.unavailable')
    }
    expect(listsRead()).toBe(1)
  })

  test('a token without a place in a list is good as before', async () => {
    const { verify, token } = issuing(first)
    expect((await verify(await token(first))).client_id).toBe('client')
  })
})
