import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { SignJWT } from 'jose'
import Provider, { type Configuration } from 'oidc-provider'

/** What tokens of these people are for. */
export const audience = 'ostiary'

/** Two people who do not exist, for trying out and for tests. */
const people = {
  ada: {
    name: 'Ada Example',
    email: 'ada@people.example',
    email_verified: true,
    groups: ['engineers', 'leads'],
  },
  grace: {
    name: 'Grace Example',
    email: 'grace@people.example',
    email_verified: true,
    groups: ['engineers'],
  },
} as const

/** Who can sign in. */
export type PersonName = keyof typeof people

/** The names of all who can sign in. */
export const personNames: readonly PersonName[] = Object.keys(people).filter(isPerson)

function isPerson(name: string): name is PersonName {
  return Object.hasOwn(people, name)
}

/** An OpenID provider of this machine. */
export interface People {
  /** Its URL, as it stands in `iss`. */
  readonly issuer: string
  /** A token of one of them, as if they had signed in just now. */
  readonly tokenOf: (person: PersonName) => Promise<string>
  readonly close: () => Promise<void>
}

const alg = 'ES256'
const lifetimeSeconds = 3600
/** Access tokens are for this, and so are JWTs with the audience. */
const resource = 'urn:ostiary'

function configuration(jwk: object): Configuration {
  const claimsOf = (name: string) => (isPerson(name) ? { sub: name, ...people[name] } : undefined)
  return {
    jwks: { keys: [{ ...jwk, alg, use: 'sig' }] },
    clients: [
      {
        client_id: audience,
        // A public client that may be called back at any port of this machine (RFC 8252 §7.3).
        application_type: 'native',
        token_endpoint_auth_method: 'none',
        redirect_uris: ['http://127.0.0.1/callback', 'http://localhost/callback'],
        id_token_signed_response_alg: alg,
      },
    ],
    cookies: { keys: [randomUUID()] },
    claims: {
      openid: ['sub'],
      profile: ['name'],
      email: ['email', 'email_verified'],
      groups: ['groups'],
    },
    scopes: ['openid', 'profile', 'email', 'groups'],
    conformIdTokenClaims: false,
    findAccount: (_ctx, id) => {
      const claims = claimsOf(id)
      return claims && { accountId: id, claims: () => claims }
    },
    extraTokenClaims: (_ctx, token) => {
      return 'accountId' in token ? claimsOf(String(token.accountId)) : undefined
    },
    ttl: Object.fromEntries(
      ['AccessToken', 'IdToken', 'Interaction', 'Session', 'Grant'].map((kind) => [
        kind,
        lifetimeSeconds,
      ]),
    ),
    features: {
      resourceIndicators: {
        enabled: true,
        defaultResource: () => resource,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: 'openid profile email groups',
          audience,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg } },
        }),
      },
    },
  }
}

/** Whether a request is for this machine by its name: no page elsewhere has it answer by another. */
function isForUs({ headers: { host = '' } }: IncomingMessage, port: number): boolean {
  return [`127.0.0.1:${port}`, `localhost:${port}`].includes(host)
}

/** The name of whose token is asked for in the simple way; undefined: it is asked in another. */
function askedFor({ method, url = '' }: IncomingMessage): string | undefined {
  const { pathname, searchParams } = new URL(url, 'http://127.0.0.1')
  if (method !== 'GET' || pathname !== '/token') return undefined
  return searchParams.get('person') ?? ''
}

function answerText(response: ServerResponse, status: number, text: string): void {
  const headers = { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' }
  response.writeHead(status, headers).end(text)
}

/**
 * Opens the provider on a port of the loopback interface (0: a free one). Beside the endpoints of
 * OpenID Connect, `GET /token?person=ada` answers a token without anybody signing in.
 */
export async function openPeople(port = 0): Promise<People> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  // Another start has another key, and says so.
  const kid = randomUUID()
  const server = createServer()
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const taken = typeof address === 'object' && address !== null ? address.port : port
  const issuer = `http://127.0.0.1:${taken}`
  const tokenOf = (person: PersonName) =>
    new SignJWT({ ...people[person] })
      .setProtectedHeader({ alg, kid, typ: 'JWT' })
      .setIssuer(issuer)
      .setAudience(audience)
      .setSubject(person)
      .setIssuedAt()
      .setExpirationTime(`${lifetimeSeconds}s`)
      .sign(privateKey)
  const handle = new Provider(
    issuer,
    configuration({ ...privateKey.export({ format: 'jwk' }), kid }),
  ).callback()
  server.on('request', (request, response) => {
    const person = askedFor(request)
    if (!isForUs(request, taken)) answerText(response, 421, 'this answers on its own machine alone')
    else if (person === undefined) void handle(request, response)
    else if (isPerson(person)) {
      void tokenOf(person).then((token) => answerText(response, 200, token))
    } else answerText(response, 404, `person: expected ${personNames.join(' or ')}`)
  })
  return {
    issuer,
    tokenOf,
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
