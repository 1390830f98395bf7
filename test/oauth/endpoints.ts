import { generateKeyPairSync, sign } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { Account } from '../../src/domain/accounts/account.ts'
import type { Credential } from '../../src/domain/credentials/credential.ts'
import { readPublicKey } from '../../src/domain/credentials/public-key.ts'
import { newId } from '../../src/domain/ids.ts'
import { newRecordId } from '../../src/domain/records.ts'
import { digestWith, newPepperKey, newSecret, pepperOf } from '../../src/domain/secret.ts'
import { requestId } from '../../src/http/request-id.ts'
import type { EndpointOptions } from '../../src/oauth/endpoint.ts'
import type { OAuthOptions } from '../../src/oauth/options.ts'
import type { Outcome } from '../../src/oauth/report.ts'
import { sampleAccount } from '../domain/samples.ts'

const ours = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const pepper = pepperOf(newPepperKey())

/** Who issues the tokens of these tests. */
export const issuer = 'http://localhost'

/** What the endpoints know of accounts, as a test fills and changes it. */
export type Accounts = Map<string, Account>

/** Makes an account known. */
export const account = (accounts: Accounts, given: Partial<Account>): Account => {
  const made = sampleAccount({ id: newRecordId('account', Date.now()), ...given })
  accounts.set(made.clientId, made)
  return made
}

/** A credential of a public key. */
export function keyCredential(jwk: object, given: Partial<Credential> = {}): Credential {
  return {
    id: newId('credential', Date.now()),
    name: 'key',
    createdAt: 1000,
    createdBy: 'somebody',
    ...given,
    kind: 'key',
    key: readPublicKey({ ...jwk }),
  }
}

/** A secret, and the credential that knows it. */
export function secretCredential() {
  const secret = newSecret('secret').reveal()
  const credential: Credential = {
    id: newId('credential', Date.now()),
    name: 'secret',
    createdAt: 1000,
    createdBy: 'somebody',
    kind: 'secret',
    digest: digestWith(pepper, secret),
  }
  return { secret, credential }
}

/** Options of the core over accounts that a test holds. */
export function coreOptions(accounts: Accounts, given: Partial<OAuthOptions> = {}): OAuthOptions {
  const spent = new Set<string>()
  return {
    issuer,
    key: {
      kid: 'ours',
      alg: 'ES256',
      publicKey: ours.publicKey,
      sign: (data) =>
        sign('sha256', data, { key: ours.privateKey, dsaEncoding: 'ieee-p1363' as const }),
    },
    tokenSeconds: 3600,
    tokenType: 'at+jwt',
    scopeClaim: 'requested',
    defaultResource: issuer,
    requireAudience: false,
    rules: {
      issuer,
      audiences: ['console-client-credentials'],
      maxLifetimeSeconds: 3600,
      clockToleranceSeconds: 10,
      isFapi: false,
      restoredAt: () => undefined,
    },
    lookups: {
      account: (id) => accounts.get(id),
      holds: () => false,
      isPlaceOf: () => false,
      roles: () => [],
      mayLearnOf: () => false,
      peppers: [pepper],
      epoch: () => 0,
      now: Date.now,
    },
    refresh: async () => undefined,
    reserve: async (id) => spent.size < spent.add(id).size,
    reservationHorizon: () => 0,
    foreign: { costAt: () => undefined, check: async () => 'bad' },
    publishedKeys: async () => ({ ok: false, isBusy: false, why: 'nothing is published' }),
    ...given,
  }
}

/** Options of the endpoints; what they report is kept in `outcomes`. */
export function endpointOptions(outcomes: Outcome[]): EndpointOptions {
  return {
    issuer,
    assertionRefusalStatus: 401,
    ensureFresh: async () => undefined,
    waitSeconds: () => 0,
    account: () => undefined,
    check: async () => ({ ok: false, why: 'not ours' }),
    revoke: async () => undefined,
    requestId,
    address: () => '192.0.2.1',
    onOutcome: (outcome) => outcomes.push(outcome),
  }
}

/** Serves a handler on a free port of this machine. */
export async function serve(handler: RequestListener) {
  const server = createServer(handler)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`,
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
