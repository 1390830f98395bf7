import type { Account } from '../domain/accounts/account.ts'
import { checkSecret } from '../domain/credentials/check-secret.ts'
import {
  type Found,
  found,
  type Presented,
  type Proven,
  proven,
  type Read,
  type Refused,
  refused,
} from './attempt.ts'
import type { Lookups, OAuthOptions } from './options.ts'

type BySecret = Extract<Presented, { readonly method: 'client_secret_basic' }>

/**
 * What is thought of a login before the core sees it: proven, or left to the core, which says what
 * is wrong, if anything is.
 */
export type Judgement =
  | { readonly verdict: 'proven'; readonly attempt: Proven }
  | { readonly verdict: 'left' }

const left = { verdict: 'left' } as const

function judgeSecret(read: Read, { secret, clientId }: BySecret, lookups: Lookups): Judgement {
  const account = lookups.account(clientId)
  const verdict = checkSecret(account, secret, { peppers: lookups.peppers, now: lookups.now() })
  if (verdict.ok && account) {
    const proof = { by: 'credential', credential: verdict.credential } as const
    return { verdict: 'proven', attempt: proven(read, account, proof) }
  }
  return left
}

/** Judges logins by what is known here, and only ever says yes. */
export function judge(options: OAuthOptions): (read: Read) => Judgement {
  return (read) => {
    const { presented } = read
    return presented.method === 'client_secret_basic'
      ? judgeSecret(read, presented, options.lookups)
      : left
  }
}

/**
 * The login as the core is to see it, once it has looked its client up. The same work is done for
 * every secret, whether its client is known or not, disabled or not.
 */
export function identify(
  read: Read,
  account: Account | undefined,
  lookups: Lookups,
): Found | Proven | Refused {
  const { presented } = read
  const verdict =
    presented.method === 'client_secret_basic'
      ? checkSecret(account, presented.secret, { peppers: lookups.peppers, now: lookups.now() })
      : undefined
  const no = (reason: Refused['reason']) => refused(read, { reason, detail: '', account })
  if (!account?.live) return no('unknown_client')
  if (account.authMethod !== presented.method) return no('wrong_method')
  if (!verdict) return found(read, account)
  if (!verdict.ok) return no(verdict.why)
  return proven(read, account, { by: 'credential', credential: verdict.credential })
}
