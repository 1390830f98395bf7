import type { Settings } from '../config/schema.ts'
import { type SettledIssuers, usualClaims } from '../domain/issuers/issuer.ts'

/** The issuers of people that the settings name, and what this server is called. */
export function settledIssuers({ people }: Settings, own: string): SettledIssuers {
  const configured = people.issuers.map(({ clientSecretFile: _file, ...given }) => ({
    id: `settings:${given.name}`,
    ...usualClaims,
    allowInsecure: false,
    companies: [],
    ...given,
  }))
  return { own, configured }
}
