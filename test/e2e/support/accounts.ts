import type { KeyObject } from 'node:crypto'
import { accountsPath, wanted } from '../../support/accounts.ts'
import type { Answer, Credentials, TestServer } from '../../support/server.ts'
import { jwkOf, type KeyClient, type Members, rsa, signers } from './assertions.ts'

/** Asks for an account; whatever a test does not say is plain. */
export async function createAccount(server: TestServer, given: Members = {}): Promise<Answer> {
  return await server.manage('POST', accountsPath, wanted(given))
}

async function created(server: TestServer, given: Members): Promise<Answer['body']> {
  const answer = await createAccount(server, given)
  if (answer.status !== 201) throw new Error(`not created: ${answer.text}`)
  return answer.body
}

/** An account that logs in by secret. */
export async function secretClient(server: TestServer, given: Members = {}): Promise<Credentials> {
  const { clientId, clientSecret } = await created(server, given)
  return { clientId, clientSecret }
}

/** How the account's key is registered and used. */
export interface KeyChoice {
  readonly alg?: keyof typeof signers
  readonly pair?: { readonly publicKey: KeyObject; readonly privateKey: KeyObject }
  /** Members of the registered JWK besides those of the key. */
  readonly jwk?: Members
}

/** An account that logs in by assertion. */
export async function keyClient(
  server: TestServer,
  { alg = 'RS256', pair = rsa, jwk = {} }: KeyChoice = {},
  given: Members = {},
): Promise<KeyClient> {
  const { clientId, kid } = await created(server, {
    tokenEndpointAuthMethod: 'private_key_jwt',
    publicKey: { ...jwkOf(pair.publicKey), kid: 'key-1', ...jwk },
    ...given,
  })
  return { clientId, kid, alg, sign: signers[alg](pair.privateKey) }
}
