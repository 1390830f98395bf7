import type { Account } from './accounts/account.ts'
import type { ClientKey } from './client-keys.ts'
import type { Revocation } from './tokens/revocation.ts'

export interface Records {
  readonly account: Account
  readonly client_key: ClientKey
  readonly revocation: Revocation
}

export type Kind = keyof Records

/**
 * How each kind of record is found besides by its id: `keys` are values that no two records of the
 * kind share, `scope` is the scope that a listing is made in. A new noun is a new row.
 */
export const recordKinds = {
  account: {
    keys: (account: Account): Readonly<Record<string, string>> => ({
      clientId: account.clientId,
      ...(account.live && {
        name: `${account.owner}\u0000${foldName(account.name)}`,
      }),
    }),
    scope: (account: Account): string => account.owner,
  },
  client_key: {
    keys: (key: ClientKey): Readonly<Record<string, string>> => ({
      digest: key.digest.value,
    }),
    scope: (): string => 'root',
  },
  revocation: {
    keys: (): Readonly<Record<string, string>> => ({}),
    scope: (): string => '',
  },
} as const satisfies {
  [K in Kind]: {
    keys: (record: Records[K]) => Readonly<Record<string, string>>
    scope: (record: Records[K]) => string
  }
}

export const kinds: readonly Kind[] = ['account', 'client_key', 'revocation']

/** Names are compared without regard to case and to how their characters are composed. */
export function foldName(name: string): string {
  return name.normalize('NFKC').toLowerCase()
}
