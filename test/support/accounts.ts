import { randomBytes } from 'node:crypto'

export const accountsPath = '/api/service-accounts'

/** A name that no other account of any test has. */
export function uniqueName(): string {
  return `account ${randomBytes(6).toString('hex')}`
}

/** The body of a request that creates an account; a test says only what matters to it. */
export function wanted(given: object = {}): Record<string, unknown> {
  return {
    name: uniqueName(),
    permissions: [],
    tokenEndpointAuthMethod: 'client_secret_basic',
    ...given,
  }
}
