import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import { Directory } from '../../src/directory/directory.ts'
import { createAccount } from '../../src/domain/accounts/create.ts'
import type { Context } from '../../src/domain/context.ts'
import { pepperOf, Secret } from '../../src/domain/secret.ts'
import { openStore } from '../../src/storage/open.ts'
import type { Shot } from './load.ts'

export type Method = 'secret' | 'assertion'

export type Alg = 'RS256' | 'ES256'

export interface Client {
  readonly clientId: string
  readonly secret: string
}

const form = { 'content-type': 'application/x-www-form-urlencoded' }

const writers = 8

export const keyPairs = {
  RS256: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
} as const satisfies Record<Alg, { publicKey: KeyObject; privateKey: KeyObject }>

/** The key that all clients sign their assertions with. */
export const clientKey = generateKeyPairSync('ec', { namedCurve: 'P-256' })

/** Fills a store with accounts that log in by one method. */
export async function seed(
  uri: string,
  pepper: string,
  plan: { readonly count: number; readonly method: Method },
): Promise<readonly Client[]> {
  const settings = { uri, timeoutSeconds: 5, startTimeoutSeconds: 10 }
  const store = await openStore(settings, () => undefined)
  const ctx: Context = {
    store,
    known: await Directory.load(store, Date.now),
    actor: { kind: 'system', name: 'bench' },
    requestId: 'bench',
    peppers: [pepperOf(new Secret(pepper))],
    people: { own: '', configured: [] },
    limits: {
      liveCredentials: 10,
      overlapSeconds: 0,
      tombstoneSeconds: 60,
      projectTokenSeconds: 60,
    },
    projects: { company: 'default', createdBy: 'everyone', accountsManagedBy: 'managers' },
    now: Date.now,
  }
  const clients: Client[] = []
  const writer = async () => {
    while (clients.length < plan.count) {
      const place = clients.push({ clientId: '', secret: '' }) - 1
      const { account, secret } = await createAccount(ctx, {
        name: `bench ${place}`,
        permissions: ['console.root.view'],
        ...(plan.method === 'secret'
          ? { authMethod: 'client_secret_basic' as const }
          : {
              authMethod: 'private_key_jwt' as const,
              publicKey: { ...clientKey.publicKey.export({ format: 'jwk' }) },
            }),
      })
      clients[place] = { clientId: account.clientId, secret: secret?.reveal() ?? '' }
    }
  }
  await Promise.all(Array.from({ length: writers }, writer))
  await store.close()
  return clients
}

function secretShot({ clientId, secret }: Client): Shot {
  const credentials = Buffer.from(`${clientId}:${secret}`).toString('base64')
  const headers = { ...form, authorization: `Basic ${credentials}` }
  return { headers, body: 'grant_type=client_credentials' }
}

function assertionShot({ clientId }: Client): Shot {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const iat = Math.floor(Date.now() / 1000)
  const claims = {
    iss: clientId,
    sub: clientId,
    aud: 'console-client-credentials',
    jti: randomBytes(16).toString('base64url'),
    iat,
    exp: iat + 600,
  }
  const data = `${encode({ alg: 'ES256', typ: 'JWT' })}.${encode(claims)}`
  const key = { key: clientKey.privateKey, dsaEncoding: 'ieee-p1363' as const }
  const assertion = `${data}.${sign('sha256', Buffer.from(data), key).toString('base64url')}`
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion,
  })
  return { headers: form, body: body.toString() }
}

function shot(client: Client, method: Method): Shot {
  return method === 'secret' ? secretShot(client) : assertionShot(client)
}

/** One request of each client. */
export function shotOfEach(clients: readonly Client[], method: Method): readonly Shot[] {
  return clients.map((client) => shot(client, method))
}

/** Requests of clients picked at random. Assertions are signed here, before anything is timed. */
export function shots(clients: readonly Client[], count: number, method: Method): readonly Shot[] {
  const nobody = { clientId: '', secret: '' }
  return Array.from({ length: count }, () =>
    shot(clients[Math.floor(Math.random() * clients.length)] ?? nobody, method),
  )
}
