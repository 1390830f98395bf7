import { describe, expect, test } from '@jest/globals'
import { clientSecretBasic, tokenSource } from '../../src/sdk/index.ts'
import { failureOf, fakeServer, issuer, json, testClock } from './fake-server.ts'

const authentication = clientSecretBasic('client', 'secret')

/** A server that issues numbered tokens, until it is told to fail. */
function issuing(expires_in = 100) {
  const state: { failing: (() => Response | Promise<Response>) | undefined; count: number } = {
    failing: undefined,
    count: 0,
  }
  const server = fakeServer({
    [`${issuer}/token`]: () => {
      if (state.failing) return state.failing()
      state.count += 1
      return json({ access_token: `token ${state.count}`, expires_in, token_type: 'Bearer' })
    },
  })
  const clock = testClock()
  const { now, monotonicNow } = clock
  const options = {
    issuer,
    authentication,
    fetch: server.fetch,
    now,
    monotonicNow,
    timeoutMs: 1200,
  }
  return { ...server, ...clock, state, options, token: tokenSource(options) }
}

const down = () => json({ error: 'server_error' }, { status: 503 })

describe('a token source whose server fails', () => {
  test('answers a token that is good until its end', async () => {
    const { token, state, pass } = issuing()
    await token()
    state.failing = down
    pass(99)
    expect((await token()).value).toBe('token 1')
    pass(2)
    expect((await failureOf(token())).code).toBe('server_error')
  })

  test('asks for the next token with pauses that double, whoever calls meanwhile', async () => {
    const { token, state, pass, askedFor } = issuing()
    await token()
    state.failing = down
    pass(81)
    const asked: number[] = []
    for (let second = 0; second < 16; second += 1) {
      for (let call = 0; call < 20; call += 1) await token()
      asked.push(askedFor('/token') - 1)
      pass(1)
    }
    expect(asked).toEqual([1, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 4, 4, 4, 4, 5])
  })

  test('fetches the next token when the server is back', async () => {
    const { token, state, pass } = issuing()
    await token()
    state.failing = down
    pass(81)
    await token()
    state.failing = undefined
    pass(2)
    expect((await token()).value).toBe('token 2')
  })

  test('lets nobody wait for a server that hangs while a token is good', async () => {
    const { token, state, pass } = issuing()
    await token()
    state.failing = () => new Promise(() => {})
    pass(81)
    expect((await token()).value).toBe('token 1')
  })

  test('tries again at once after the first failure, and pauses after the second', async () => {
    const { token, state, askedFor, pass } = issuing()
    state.failing = down
    for (let call = 0; call < 21; call += 1) {
      expect((await failureOf(token())).code).toBe('server_error')
    }
    expect(askedFor('/token')).toBe(2)
    state.failing = undefined
    pass(1)
    expect((await token()).value).toBe('token 1')
  })

  test('waits for as long as the server asks for', async () => {
    const { token, state, askedFor, pass } = issuing()
    state.failing = () =>
      json({ error: 'slow_down' }, { status: 429, headers: { 'retry-after': '60' } })
    expect((await failureOf(token())).retryAfterSeconds).toBe(60)
    pass(59)
    await failureOf(token())
    expect(askedFor('/token')).toBe(1)
    pass(2)
    await failureOf(token())
    expect(askedFor('/token')).toBe(2)
  })
})

describe('a token source whose clock is set', () => {
  test('answers no token beyond its life after the clock was set back', async () => {
    const { token, time } = issuing()
    await token()
    time.monotonic += 101_000
    time.wall -= 3_600_000
    expect((await token()).value).toBe('token 2')
  })

  test('answers no token beyond its life after the machine slept', async () => {
    const { token, time } = issuing()
    await token()
    time.wall += 101_000
    expect((await token()).value).toBe('token 2')
  })

  test('counts the life of a token from before it was asked for', async () => {
    const { state, options, pass } = issuing()
    const slow = tokenSource({
      ...options,
      fetch: async (url, init) => {
        if (url.endsWith('/token')) pass(50)
        return await options.fetch(url, init)
      },
    })
    await slow()
    pass(51)
    await slow()
    expect(state.count).toBe(2)
  })
})

describe('a token source that is called with a signal', () => {
  test('ends the wait of that caller, and not the request that others wait for', async () => {
    const { token, state } = issuing()
    let release = (_: Response) => {}
    const answer = new Promise<Response>((resolve) => {
      release = resolve
    })
    state.failing = () => answer
    const stop = new AbortController()
    const [ended, other] = [token({ signal: stop.signal }), token()]
    const code = failureOf(ended)
    stop.abort()
    expect((await code).code).toBe('aborted')
    release(json({ access_token: 'late', expires_in: 100 }))
    expect((await other).value).toBe('late')
  })

  test('does not wait when the signal has come before', async () => {
    const { token } = issuing()
    expect((await failureOf(token({ signal: AbortSignal.abort() }))).code).toBe('aborted')
  })
})

test('a token source sends its secret without the BOM and line break of the file it came from', async () => {
  const { options, seen } = issuing()
  await tokenSource({
    ...options,
    authentication: clientSecretBasic('\uFEFFclient\n', '\uFEFFsecret\r\n'),
  })()
  const headers = new Headers(seen.at(-1)?.init.headers)
  expect(headers.get('authorization')).toBe(`Basic ${btoa('client:secret')}`)
})

test.each(['1e400', '-1', '0', '"60"', 'null'])(
  'a token source takes no token that lives for %s seconds',
  async (life) => {
    const answer = `{"access_token":"token","expires_in":${life}}`
    const { fetch } = fakeServer({ [`${issuer}/token`]: () => new Response(answer) })
    const failed = await failureOf(tokenSource({ issuer, authentication, fetch })())
    expect(failed.code).toBe('unexpected_answer')
  },
)
