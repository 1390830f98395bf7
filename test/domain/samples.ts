import type { Account } from '../../src/domain/accounts/account.ts'
import { newRecordId } from '../../src/domain/records.ts'

/** An account of which a test says only what matters to it. */
export function sampleAccount(given: Partial<Account> = {}): Account {
  return {
    id: newRecordId('account', 1000),
    version: 1,
    live: true,
    clientId: 'ost_ci_sample',
    owner: 'root',
    name: 'sample',
    description: '',
    authMethod: 'client_secret_basic',
    state: 'enabled',
    permissions: [],
    audiences: [],
    credentials: [],
    tokensNotBefore: 0,
    createdAt: 1000,
    createdBy: 'somebody',
    updatedAt: 1000,
    ...given,
  }
}
