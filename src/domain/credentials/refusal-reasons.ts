/** Why a login is refused, with what it means: for the log alone, never for the caller. */
export const refusalReasons = {
  unknown_client: 'no account has this client id, or it was deleted',
  account_disabled: 'the account is disabled',
  wrong_method: 'the account logs in by the other method',
  wrong_secret: 'the secret is none of the account',
  mistyped_secret: 'the secret begins like one of ours, but its checksum is wrong',
  expired_secret: 'the secret was good once, and has ended',
  bad_assertion: 'the assertion or its signature is not as it must be; `detail` says how',
  replayed_assertion: 'the `jti` was used before',
  assertion_before_horizon: 'it ends before what is still known of used ones: it may be a replay',
  deleted_meanwhile: 'the login was good, and the account was deleted while it waited',
  disabled_meanwhile: 'the login was good, and the account was disabled while it waited',
  revoked_meanwhile: 'the login was good, and tokens were revoked while it waited',
  credential_gone_meanwhile: 'the login was good, and its credential ended while it waited',
  throttled: 'too many logins of this client from this address were refused before',
} as const

/** One of the reasons. */
export type RefusalReason = keyof typeof refusalReasons
