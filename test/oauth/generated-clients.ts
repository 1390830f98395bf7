import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import type { Account } from '../../src/domain/accounts/account.ts'
import { readPublicKey } from '../../src/domain/credentials/public-key.ts'
import { newClientId } from '../../src/domain/ids.ts'
import { forgedRs256, type Sign, signers } from '../e2e/support/assertions.ts'
import { rsaPair } from '../support/rsa-pairs.ts'
import { type Accounts, account, keyCredential, secretCredential } from './endpoints.ts'

/** A client of the generated requests, and how it logs in. */
export interface Client {
  readonly name: string
  readonly clientId: string
  /** 'secret', or the algorithm that it signs with. */
  readonly alg: 'secret' | keyof typeof signers
  readonly kid: string | undefined
  readonly secret: string
  readonly sign: Sign
  readonly privateKey: KeyObject
  /** Whether its good requests are to be answered without the core. */
  readonly isPlain: boolean
}

const rsa = rsaPair('owner')
const large = rsaPair('owner', 4104)
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const otherEc = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const ed = generateKeyPairSync('ed25519')

const jwk = (key: KeyObject, members: object = {}) => ({
  ...key.export({ format: 'jwk' }),
  ...members,
})

const common: Partial<Account> = {
  authMethod: 'private_key_jwt',
  permissions: ['console.root.view'],
  audiences: ['urn:example:api'],
}

interface Plan {
  readonly alg: keyof typeof signers
  readonly pair: { readonly publicKey: KeyObject; readonly privateKey: KeyObject }
  /** Members of the registered keys, besides those of the key itself; the first one signs. */
  readonly keys: readonly object[]
  readonly kid?: string
  readonly isPlain?: boolean
  readonly given?: Partial<Account>
}

const ended = Date.now() - 1000
const soon = Date.now() + 900_000

const plans: Readonly<Record<string, Plan>> = {
  'RS256 with a kid': {
    alg: 'RS256',
    pair: rsa,
    keys: [jwk(rsa.publicKey, { kid: 'k' })],
    kid: 'k',
  },
  'RS256 bound': {
    alg: 'RS256',
    pair: rsa,
    keys: [jwk(rsa.publicKey, { kid: 'k', alg: 'RS256' })],
    kid: 'k',
  },
  'PS256 bound': { alg: 'PS256', pair: rsa, keys: [jwk(rsa.publicKey, { alg: 'PS256' })] },
  'PS256 of a key for RS256': {
    alg: 'PS256',
    pair: rsa,
    keys: [jwk(rsa.publicKey, { alg: 'RS256' })],
    isPlain: false,
  },
  'ES256 without a kid': { alg: 'ES256', pair: ec, keys: [jwk(ec.publicKey)] },
  'ES256 with another type beside': {
    alg: 'ES256',
    pair: ec,
    keys: [jwk(ec.publicKey), jwk(rsa.publicKey), jwk(ed.publicKey)],
  },
  'ES256 of two without a kid': {
    alg: 'ES256',
    pair: ec,
    keys: [jwk(otherEc.publicKey), jwk(ec.publicKey)],
    isPlain: false,
  },
  'ES256 of two with a kid': {
    alg: 'ES256',
    pair: ec,
    keys: [jwk(otherEc.publicKey, { kid: 'other' }), jwk(ec.publicKey, { kid: 'k' })],
    kid: 'k',
  },
  'ES256 under a kid that two types share': {
    alg: 'ES256',
    pair: ec,
    keys: [jwk(rsa.publicKey, { kid: 'k' }), jwk(ec.publicKey, { kid: 'k' })],
    kid: 'k',
  },
  EdDSA: { alg: 'EdDSA', pair: ed, keys: [jwk(ed.publicKey, { kid: 'ed' })], kid: 'ed' },
  'RS256 of a large key': {
    alg: 'RS256',
    pair: large,
    keys: [jwk(large.publicKey)],
    isPlain: false,
  },
  'with a default audience': {
    alg: 'ES256',
    pair: ec,
    keys: [jwk(ec.publicKey)],
    given: { defaultAudience: 'urn:example:api' },
  },
  'with claims of its own': {
    alg: 'ES256',
    pair: ec,
    keys: [jwk(ec.publicKey)],
    given: { allowedCustomClaims: ['tenant', 'x', 'nested', 'roles', '__proto__'] },
  },
  'of a disabled account': {
    alg: 'ES256',
    pair: ec,
    keys: [jwk(ec.publicKey)],
    isPlain: false,
    given: { state: 'disabled' },
  },
  'of a deleted account': {
    alg: 'ES256',
    pair: ec,
    keys: [jwk(ec.publicKey)],
    isPlain: false,
    given: { live: false },
  },
}

function keyClient(accounts: Accounts, name: string, plan: Plan): Client {
  const { alg, pair, keys, kid, isPlain = true, given } = plan
  const credentials = keys.map((key) => keyCredential(key))
  const { clientId } = account(accounts, {
    ...common,
    clientId: newClientId(),
    credentials,
    ...given,
  })
  return {
    name,
    clientId,
    alg,
    kid,
    secret: '',
    sign: signers[alg](pair.privateKey),
    privateKey: pair.privateKey,
    isPlain,
  }
}

/** A client whose only key has ended, or will before its tokens do. */
function endingClient(accounts: Accounts, name: string, expiresAt: number): Client {
  const credentials = [keyCredential(jwk(ec.publicKey), { expiresAt })]
  const { clientId } = account(accounts, { ...common, clientId: newClientId(), credentials })
  const isPlain = expiresAt > Date.now()
  const sign = signers.ES256(ec.privateKey)
  return {
    name,
    clientId,
    alg: 'ES256',
    kid: undefined,
    secret: '',
    sign,
    privateKey: ec.privateKey,
    isPlain,
  }
}

/** What the client that publishes its keys has at its URL. */
export const publishedSet = [readPublicKey(jwk(ec.publicKey, { kid: 'published' }))]

/** A client whose keys are not stored with it: its logins are for the core. */
function publishingClient(accounts: Accounts): Client {
  const given = { ...common, clientId: newClientId(), jwksUri: 'https://keys.example/' }
  const { clientId } = account(accounts, given)
  return {
    name: 'ES256 of a published key',
    clientId,
    alg: 'ES256',
    kid: 'published',
    secret: '',
    sign: signers.ES256(ec.privateKey),
    privateKey: ec.privateKey,
    isPlain: false,
  }
}

/** A client with a key that an older release took: whoever knows it can sign. */
function weakClient(accounts: Accounts): Client {
  const kid = 'weak'
  const sound = keyCredential(jwk(rsa.publicKey, { kid }))
  const { n = '' } = rsa.publicKey.export({ format: 'jwk' })
  const credentials = [{ ...sound, kind: 'key', key: { kty: 'RSA', kid, n, e: 'AQ' } } as const]
  const { clientId } = account(accounts, { ...common, clientId: newClientId(), credentials })
  return {
    name: 'RS256 of a key with the exponent 1',
    clientId,
    alg: 'RS256',
    kid,
    secret: '',
    sign: forgedRs256,
    privateKey: rsa.privateKey,
    isPlain: false,
  }
}

function secretClient(accounts: Accounts): Client {
  const { secret, credential } = secretCredential()
  const authMethod = 'client_secret_basic'
  const credentials = [credential]
  const given = { ...common, clientId: newClientId(), credentials, authMethod } as const
  const { clientId } = account(accounts, given)
  const sign = signers.ES256(ec.privateKey)
  return {
    name: 'secret',
    clientId,
    alg: 'secret',
    kid: undefined,
    secret,
    sign,
    privateKey: ec.privateKey,
    isPlain: true,
  }
}

/** One client of each kind that there is. */
export function openClients(accounts: Accounts): readonly Client[] {
  return [
    secretClient(accounts),
    weakClient(accounts),
    publishingClient(accounts),
    ...Object.entries(plans).map(([name, plan]) => keyClient(accounts, name, plan)),
    endingClient(accounts, 'ES256 of a key that has ended', ended),
    endingClient(accounts, 'ES256 of a key that ends soon', soon),
  ]
}
