import { afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals'
import { type OstiaryError, revocationFeed, verifier } from '../../src/sdk/index.ts'
import { eventually } from '../support/eventually.ts'
import { failureOf, issuer, json } from './fake-server.ts'
import { issuing, listUri, type Signer, signer } from './issuing.ts'

let first: Signer
beforeAll(async () => {
  first = await signer('first')
})

let stop = new AbortController()
afterEach(() => {
  stop.abort()
  stop = new AbortController()
  jest.useRealTimers()
})

const path = '/api/revocations'

/** A resource server that follows a feed, whose answers wait until the test gives them. */
function following() {
  const server = issuing(first)
  const waiting: ((answer: Response) => void)[] = []
  let settled = 0
  const failures: OstiaryError[] = []
  server.answers[`${issuer}${path}`] = ({ init }) =>
    new Promise((resolve, reject) => {
      waiting.push(resolve)
      // The signal of a request ends with it, too.
      init.signal?.addEventListener('abort', () => {
        settled += 1
        reject(new Error('aborted'))
      })
    })
  const feed = revocationFeed({
    ...server.options,
    token: async () => ({ value: 'mine', expiresAt: 0 }),
    signal: stop.signal,
    report: (failure) => failures.push(failure),
  })
  const asked = () =>
    server.seen.map(({ url }) => new URL(url)).filter(({ pathname }) => pathname === path)
  const answer = async (response: Response) => {
    await eventually(() => waiting.length > 0)
    waiting.shift()?.(response)
  }
  /** Answers, and waits until that has been taken in: the next question is there. */
  const tell = async (...revocations: object[]) => {
    await eventually(() => waiting.length > 0)
    const before = asked().length
    await answer(json({ revocations, next: `after ${before}` }))
    await eventually(() => asked().length > before)
  }
  const at = () => new Date(server.now()).toISOString()
  const verify = verifier({ ...server.options, feed })
  return {
    ...server,
    ...{ feed, asked, answer, settled: () => settled, tell, at, failures, verify },
  }
}

describe('a feed of revocations', () => {
  test.each([
    ['a value', { jti: 'id' }],
    ['a token with all its values', { token_id: 'token' }],
    ['an account', { account: 'client' }],
    ['a project', { project: 'project' }],
    ['a company', { company: 'company' }],
    ['a credential', { credential_id: 'credential', account: 'x' }],
    ['a value, and says whose', { jti: 'id', token_id: 'x', account: 'x', project: 'x' }],
  ])('ends what was made before it told the end of %s', async (_, entry) => {
    const { verify, projectToken, tell, at } = following()
    const token = await projectToken({ company_id: 'company', credential_id: 'credential' })
    await verify(token)
    await tell({ ...entry, at: at() })
    expect((await failureOf(verify(token))).code).toBe('token_revoked')
  })

  test.each([
    ['another value', { jti: 'other', token_id: 'token', account: 'client', project: 'project' }],
    ['another token of the same account', { token_id: 'other', account: 'client' }],
    ['another account of the same project', { account: 'other', project: 'project' }],
    ['another project', { project: 'other' }],
    ['another company', { company: 'other' }],
    ['another credential of the account', { credential_id: 'other', account: 'client' }],
    ['nothing that is known', { planet: 'token' }],
  ])('leaves a token alone when it tells the end of %s', async (_, entry) => {
    const { verify, projectToken, tell, at } = following()
    await tell({ ...entry, at: at() })
    expect((await verify(await projectToken())).sub).toBe('client')
  })

  test('ends access tokens too, which may name no list', async () => {
    const { verify, token, tell, at } = following()
    const given = await token(first)
    await tell({ account: 'client', at: at() })
    expect((await failureOf(verify(given))).code).toBe('token_revoked')
  })

  test('leaves project tokens alone when it told that access tokens alone ended, and the reverse', async () => {
    const { verify, token, projectToken, tell, at } = following()
    const tokens = { access: await token(first), project: await projectToken() }
    await tell({ account: 'client', kind: 'access', at: at() })
    expect((await failureOf(verify(tokens.access))).code).toBe('token_revoked')
    expect((await verify(tokens.project)).sub).toBe('client')
    await tell({ account: 'client', kind: 'project', at: at() })
    expect((await failureOf(verify(tokens.project))).code).toBe('token_revoked')
  })

  test('forgets no end of all tokens when it tells the end of some', async () => {
    const { verify, projectToken, tell, at } = following()
    const token = await projectToken()
    await tell({ account: 'client', at: at() })
    await tell({ account: 'client', kind: 'access', at: at() })
    expect((await failureOf(verify(token))).code).toBe('token_revoked')
  })

  test('takes the end of tokens of a kind that is not known for the end of all', async () => {
    const { verify, projectToken, tell, at } = following()
    await tell({ account: 'client', kind: 'child', at: at() })
    expect((await failureOf(verify(await projectToken()))).code).toBe('token_revoked')
  })

  test('leaves alone what an account was given afterwards, in the same second too', async () => {
    const { verify, token, tell, now, pass, seconds } = following()
    const moment = seconds() * 1000 + 500
    await tell({ account: 'client', at: new Date(moment).toISOString() })
    const jti = (ms: number) => `tok_${ms.toString(36).padStart(9, '0')}${'0'.repeat(20)}`
    const before = await token(first, { jti: jti(moment - 1) })
    const after = await token(first, { jti: jti(moment + 1) })
    expect((await failureOf(verify(before))).code).toBe('token_revoked')
    await verify(after)
    pass(1)
    expect(now()).toBeGreaterThan(moment)
    await verify(await token(first))
  })

  test('lets the list of a token that lives long say whether that ended with its account', async () => {
    const { verify, listed, list, publish, tell, at, pass, listsRead } = following()
    publish(await list())
    const token = await listed()
    await verify(token)
    pass(1)
    await tell({ account: 'client', at: at() })
    // Read at once, and once more when it must have it, whatever its ttl.
    await verify(token)
    await verify(token)
    expect(listsRead()).toBe(2)
    publish(await list({ revoked: [7] }))
    pass(2)
    expect((await failureOf(verify(token))).code).toBe('token_revoked')
    await failureOf(verify(token))
    expect(listsRead()).toBe(3)
    // An account can be enabled again.
    publish(await list())
    pass(61)
    await verify(token)
  })

  test('refuses such a token when the list cannot be read anew', async () => {
    const { verify, listed, list, publish, tell, at, answers, pass } = following()
    publish(await list())
    const token = await listed()
    await verify(token)
    answers[listUri] = () => json({}, { status: 503 })
    await verify(token)
    pass(1)
    await tell({ account: 'client', at: at() })
    expect((await failureOf(verify(token))).code).toBe('status_list.unavailable')
  })

  test('does not yield where it told the end of one value', async () => {
    const { verify, listed, list, publish, tell, at, pass } = following()
    await tell({ jti: 'id', at: at() })
    pass(61)
    publish(await list())
    expect((await failureOf(verify(await listed()))).code).toBe('token_revoked')
  })

  test('takes an entry without a time for one of now and later', async () => {
    const { verify, token, tell } = following()
    await tell({ account: 'client' })
    expect((await failureOf(verify(await token(first)))).code).toBe('token_revoked')
  })

  test('asks from where it was, and lets the server wait for news', async () => {
    const { asked, tell, seen, feed } = following()
    expect(feed.isLive()).toBe(false)
    await tell({ jti: 'a' })
    await tell({ jti: 'b' })
    expect(feed.isLive()).toBe(true)
    expect(asked().map(({ searchParams }) => [...searchParams])).toEqual([
      [],
      [
        ['since', 'after 1'],
        ['wait', '30'],
      ],
      [
        ['since', 'after 2'],
        ['wait', '30'],
      ],
    ])
    expect(new Headers(seen.at(-1)?.init.headers).get('authorization')).toBe('Bearer mine')
  })

  test('goes on after a failure from where it was, and tells of it', async () => {
    const { asked, answer, tell, feed, failures } = following()
    await tell({ jti: 'a' })
    await answer(json({}, { status: 503 }))
    await eventually(() => asked().length === 3)
    expect(feed.isLive()).toBe(false)
    expect(failures).toMatchObject([{ status: 503 }])
    expect(asked().at(-1)?.searchParams.get('since')).toBe('after 1')
    await tell({ jti: 'b' })
    expect(feed.isLive()).toBe(true)
  })

  test('begins anew when the server does not know its place any more', async () => {
    const { asked, answer, tell } = following()
    await tell({ jti: 'a' })
    await answer(json({ code: 'cursor.invalid' }, { status: 400 }))
    await eventually(() => asked().length === 3)
    expect(asked().at(-1)?.searchParams.get('since')).toBeNull()
  })

  test.each([
    ['fails again and again', () => json({}, { status: 503 })],
    ['is no feed', () => json({ items: [] })],
    [
      'does not wait before it says that there is nothing',
      () => json({ revocations: [], next: 'n' }),
    ],
  ])('asks a server that %s no more than once a second', async (_, reply) => {
    jest.useFakeTimers({ doNotFake: ['performance', 'Date', 'nextTick', 'queueMicrotask'] })
    const { asked, answer, tell, settled } = following()
    await tell({ jti: 'a' })
    await answer(reply())
    await eventually(() => settled() === 2)
    // The first failure is followed by another try at once.
    await eventually(() => jest.getTimerCount() === 1)
    if (asked().length === 3) {
      await answer(reply())
      await eventually(() => settled() === 3)
    }
    const before = asked().length
    await eventually(() => jest.getTimerCount() === 1)
    expect(asked().length).toBe(before)
    jest.advanceTimersByTime(1000)
    await eventually(() => asked().length > before)
    expect(asked().length).toBe(before + 1)
  })

  test('ends with its signal, and keeps what it knows', async () => {
    const { verify, projectToken, tell, at, asked } = following()
    await tell({ token_id: 'token', at: at() })
    stop.abort()
    const before = asked().length
    expect((await failureOf(verify(await projectToken()))).code).toBe('token_revoked')
    expect(asked().length).toBe(before)
  })

  test('keeps the latest hundred thousand revocations, and lets the oldest go', async () => {
    const { verify, projectToken, tell, at } = following()
    const many = Array.from({ length: 100_000 }, (_, n) => ({ jti: `jti ${n}`, at: at() }))
    await tell({ jti: 'id', at: at() }, ...many)
    await verify(await projectToken())
    await verify(await projectToken({ jti: 'jti 100000' }))
    const latest = verify(await projectToken({ jti: 'jti 99999' }))
    expect((await failureOf(latest)).code).toBe('token_revoked')
  })
})
