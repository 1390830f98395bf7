import type { Account } from '../../src/domain/accounts/account.ts'
import { newClientId } from '../../src/domain/ids.ts'
import { type Issuer, usualClaims } from '../../src/domain/issuers/issuer.ts'
import { newRecordId } from '../../src/domain/records.ts'

/** The moment at which samples were made. */
export const noon = Date.UTC(2030, 0, 1, 12)

let made = 0

/** A text that no other call returns. */
export function unique(word: string): string {
  made += 1
  return `${word}-${made}`
}

/** The record of an account of which a test says only what matters to it. */
export function sampleAccount(given: Partial<Account> = {}): Account {
  return {
    id: newRecordId('account', noon),
    version: 1,
    live: true,
    clientId: newClientId(),
    owner: 'root',
    name: unique('account'),
    description: '',
    authMethod: 'client_secret_basic',
    state: 'enabled',
    permissions: [],
    bindings: [],
    audiences: [],
    credentials: [],
    generation: 0,
    createdAt: noon,
    createdBy: 'test',
    updatedAt: noon,
    ...given,
  }
}

/** The record of a trusted issuer of which a test says only what matters to it. */
export function sampleIssuer(given: Partial<Issuer> = {}): Issuer {
  const name = unique('issuer')
  return {
    id: newRecordId('issuer', noon),
    version: 1,
    live: true,
    name,
    issuer: `https://${name}.example`,
    audience: 'ostiary',
    ...usualClaims,
    allowInsecure: false,
    companies: [],
    state: 'enabled',
    createdAt: noon,
    createdBy: 'test',
    updatedAt: noon,
    ...given,
  }
}
