import { describe, expect, test } from '@jest/globals'
import {
  type AccessTokenClaims,
  expressToken,
  fastifyToken,
  koaToken,
  OstiaryError,
  type RequireTokenOptions,
  requireToken,
  type VerifyOptions,
} from '../../src/sdk/index.ts'

const token = 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln'
const claims: AccessTokenClaims = {
  ...{ iss: 'i', sub: 's', aud: 'a', exp: 2, iat: 1, jti: 'j', client_id: 'client' },
  permissions: [],
}

interface Asked {
  readonly path: string
}

/** A guard whose verifier answers or fails like this. */
function guarding(answer: () => AccessTokenClaims, more: Partial<RequireTokenOptions<Asked>> = {}) {
  const verified: (VerifyOptions | undefined)[] = []
  const reported: unknown[] = []
  const options: RequireTokenOptions<Asked> = {
    verify: async (_, how) => {
      verified.push(how)
      return answer()
    },
    report: (error) => reported.push(error),
    ...more,
  }
  const guard = requireToken(options)
  const ask = async (authorization?: string) => await guard(authorization, { path: 'proj' })
  return { options, verified, reported, ask }
}

const failing =
  (code: string, details = { status: 0 }) =>
  () => {
    throw new OstiaryError(code, `the reason with ${token}`, details)
  }

describe('a request', () => {
  test('with a good token is let in, with its claims', async () => {
    const { ask } = guarding(() => claims)
    for (const scheme of ['Bearer', 'bearer', 'BEARER  ']) {
      expect((await ask(`${scheme} ${token}`)).claims).toBe(claims)
    }
  })

  test.each([undefined, '', 'Basic abc', 'Bearerish abc'])(
    'that brings no token (%p) is asked for one, and told no error',
    async (authorization) => {
      const { ask, verified, reported } = guarding(() => claims)
      const { refusal } = await ask(authorization)
      expect(refusal).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Bearer' } })
      expect([...verified, ...reported]).toEqual([])
    },
  )

  test.each(['Bearer', 'Bearer ', 'Bearer a b', 'Bearer a,b', 'Bearer "a"', 'Bearer ä'])(
    'whose header is malformed (%s) is told so',
    async (authorization) => {
      const { refusal } = await guarding(() => claims).ask(authorization)
      expect(refusal?.status).toBe(400)
      expect(refusal?.headers['www-authenticate']).toContain('error="invalid_request"')
    },
  )

  test.each([
    ['invalid_token', 401, 'invalid_token'],
    ['token_revoked', 401, 'invalid_token'],
    ['insufficient_scope', 403, 'insufficient_scope'],
    ['unreachable', 503, 'temporarily_unavailable'],
    ['status_list.unavailable', 503, 'temporarily_unavailable'],
    ['status_list.signature', 503, 'temporarily_unavailable'],
    ['issuer_mismatch', 503, 'temporarily_unavailable'],
  ])('that fails with %s is answered %i', async (code, status, error) => {
    const { ask } = guarding(failing(code))
    const { refusal } = await ask(`Bearer ${token}`)
    expect(refusal?.status).toBe(status)
    expect(refusal?.body.error).toBe(error)
    expect('www-authenticate' in (refusal?.headers ?? {})).toBe(status < 500)
    expect(refusal?.headers['cache-control']).toBe('no-store')
  })

  test('is told nothing of the reason, which the log gets', async () => {
    const { ask, reported } = guarding(failing('invalid_token'))
    expect(JSON.stringify(await ask(`Bearer ${token}`))).not.toMatch(/reason|eyJ/)
    expect(reported).toMatchObject([{ code: 'invalid_token' }])
  })

  test('is told which permissions are needed when they are missing', async () => {
    const { ask } = guarding(failing('insufficient_scope'), {
      permissions: ['a.b', 'c.d'],
      realm: 'the "orders"\r\n',
    })
    const { refusal } = await ask(`Bearer ${token}`)
    expect(refusal?.headers['www-authenticate']).toBe(
      'Bearer realm="the \\"orders\\"", error="insufficient_scope", error_description="the token does not allow this", scope="a.b c.d"',
    )
  })

  test('is told when to try again, as the issuer says', async () => {
    const asked = { status: 503, retryAfterSeconds: 17 }
    const busy = failing('unreachable', asked)
    const { refusal } = await guarding(busy).ask(`Bearer ${token}`)
    expect(refusal?.headers['retry-after']).toBe('17')
  })

  test('is answered 500 when the check itself breaks', async () => {
    const { ask, reported } = guarding(() => {
      throw new TypeError('broken')
    })
    expect((await ask(`Bearer ${token}`)).refusal?.status).toBe(500)
    expect(reported).toMatchObject([{ message: 'broken' }])
  })

  test('is judged on the place that it names', async () => {
    const { ask, verified } = guarding(() => claims, {
      permissions: ['a.b'],
      resource: ({ path }) => path,
    })
    await ask(`Bearer ${token}`)
    expect(verified).toMatchObject([{ permissions: ['a.b'], resource: 'proj' }])
  })

  test.each([undefined, '', 5])(
    'that names no place (%p) is not judged on the root',
    async (place) => {
      const { ask, verified } = guarding(() => claims, {
        permissions: ['a.b'],
        // A program in JavaScript may answer anything.
        resource: () => JSON.parse(JSON.stringify({ place })).place,
      })
      expect((await ask(`Bearer ${token}`)).refusal?.status).toBe(403)
      expect(verified).toEqual([])
    },
  )
})

describe('an adapter', () => {
  const { verify } = guarding(() => claims).options

  test('of Koa goes on with the claims in the state, or answers', async () => {
    const middleware = koaToken({ verify })
    const sent: object[] = []
    const context = (authorization?: string) => ({
      ...{ headers: { authorization }, state: {}, status: 200, body: undefined },
      set: (headers: object) => sent.push(headers),
    })
    let nexts = 0
    const next = async () => {
      nexts += 1
    }
    const good = context(`Bearer ${token}`)
    await middleware(good, next)
    expect([good.state, nexts]).toEqual([{ token: claims }, 1])
    const bad = context()
    await middleware(bad, next)
    expect([bad.status, nexts, sent.length]).toEqual([401, 1, 1])
  })

  test('of Express goes on with the claims in the request, or answers', async () => {
    const middleware = expressToken({ verify })
    const sent: unknown[] = []
    const keep = (what: unknown) => sent.push(what)
    const res = { status: keep, set: keep, json: keep }
    let nexts = 0
    const next = () => {
      nexts += 1
    }
    const good = { headers: { authorization: `Bearer ${token}` } }
    await middleware(good, res, next)
    expect([good, nexts]).toEqual([{ ...good, token: claims }, 1])
    await middleware({ headers: {} }, res, next)
    expect([nexts, sent[1]]).toEqual([1, 401])
  })

  test('of Fastify goes on with the claims in the request, or answers', async () => {
    const hook = fastifyToken({ verify })
    const sent: unknown[] = []
    const keep = (what: unknown) => sent.push(what)
    const reply = { code: keep, headers: keep, send: keep }
    const good = { headers: { authorization: `Bearer ${token}` } }
    expect(await hook(good, reply)).toBeUndefined()
    expect(good).toEqual({ ...good, token: claims })
    expect(await hook({ headers: {} }, reply)).toBe(reply)
    expect(sent[0]).toBe(401)
  })
})
