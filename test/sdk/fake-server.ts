import type { TransportOptions } from '../../src/sdk/index.ts'

export const issuer = 'https://auth.example'

interface Seen {
  readonly url: string
  readonly init: RequestInit
}

type Answer = (seen: Seen) => Response | Promise<Response>

export const json = (body: unknown, init: ResponseInit = {}) =>
  new Response(JSON.stringify(body), init)

export const metadataOf = (name: string, more = {}) => ({
  issuer: name,
  token_endpoint: `${name}/token`,
  jwks_uri: `${name}/jwks`,
  ...more,
})

/** A server in place of the network: what is not listed is a 404. */
export function fakeServer(routes: Readonly<Record<string, Answer>>, name = issuer) {
  const seen: Seen[] = []
  const answers: Record<string, Answer> = {
    [`${name}/.well-known/oauth-authorization-server`]: () => json(metadataOf(name)),
    ...routes,
  }
  const fetch: NonNullable<TransportOptions['fetch']> = async (url, init) => {
    seen.push({ url, init })
    const answer = answers[new URL(url).origin + new URL(url).pathname]
    return answer ? await answer({ url, init }) : json({}, { status: 404 })
  }
  const askedFor = (path: string) => seen.filter(({ url }) => url === `${name}${path}`).length
  return { fetch, seen, askedFor, answers }
}

/** A clock on the wall and one that only goes forward, both in the hands of a test. */
export function testClock() {
  const time = { wall: Date.now(), monotonic: 0 }
  return {
    time,
    pass: (seconds: number) => {
      time.wall += seconds * 1000
      time.monotonic += seconds * 1000
    },
    now: () => time.wall,
    monotonicNow: () => time.monotonic,
  }
}

/** What a promise failed with. */
export async function failureOf(work: Promise<unknown>) {
  const error = await work.then(
    () => undefined,
    (reason) => reason,
  )
  return error
}

/** All that comes of a long answer. */
export async function textOf(parts: AsyncIterable<string>): Promise<string> {
  let text = ''
  for await (const part of parts) text += part
  return text
}
