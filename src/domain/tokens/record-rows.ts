import { foldName } from '../names.ts'
import type { RecordKind } from '../record-kind.ts'
import { type StatusList, statusListShape } from '../status-lists/status-list.ts'
import { type Revocation, revocationShape } from './revocation.ts'
import { type Token, tokenShape } from './token.ts'

/** All that must be known of revocations. */
export const revocationRow: RecordKind<Revocation> = {
  prefix: 'rev',
  shape: revocationShape,
  upgrades: [],
  unique: {},
  scope: ({ owner = 'root' }) => owner,
  above: ({ owner = 'root' }) => [owner],
  target: ({ clientId, name = '' }) => ({ kind: 'service_account', id: clientId, name }),
  facts: ({ jti }) => ({ jti }),
}

/** All that must be known of status lists. */
export const statusListRow: RecordKind<StatusList> = {
  prefix: 'list',
  shape: statusListShape,
  upgrades: [],
  unique: {},
  scope: () => 'root',
  target: ({ id }) => ({ kind: 'status_list', id, name: '' }),
  facts: ({ given, isClosed = false }) => ({ given, isClosed }),
}

/** All that must be known of tokens that live long. */
export const tokenRow: RecordKind<Token> = {
  prefix: 'tok',
  shape: tokenShape,
  upgrades: [],
  unique: {
    name: ({ live, account, name }) => (live ? `${account}\u0000${foldName(name)}` : undefined),
  },
  scope: ({ owner }) => owner,
  above: ({ owner }) => [owner],
  target: ({ id, name }) => ({ kind: 'token', id, name }),
  facts: ({ account, name, audiences, warnedDays, former, value: { jti, kid, expiresAt } }) => ({
    account,
    name,
    audiences,
    jti,
    kid,
    expiresAt,
    ...(former && { former: { jti: former.jti, endsAt: former.endsAt } }),
    ...(warnedDays !== undefined && { warnedDays }),
  }),
}
