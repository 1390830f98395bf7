import type { Context } from '../context.ts'
import type { User } from '../users/user.ts'
import type { TrustedIssuer } from './issuer.ts'

/** What says whose tokens are taken. */
type Trusting = {
  readonly people: Pick<Context['people'], 'configured'>
  readonly known: Pick<Context['known'], 'trustedIssuer'>
}

/** The issuer of that identifier, while its tokens are taken: those of the settings win. */
export function trustedIssuer(
  { people, known }: Trusting,
  issuer: string,
): TrustedIssuer | undefined {
  return people.configured.find((each) => each.issuer === issuer) ?? known.trustedIssuer(issuer)
}

/** Whether a person is let in: not without an issuer that is trusted, once one said who they are. */
export function isLetIn(trusting: Trusting, { state, identity }: User): boolean {
  if (state !== 'enabled') return false
  return identity === undefined || trustedIssuer(trusting, identity.issuer) !== undefined
}
