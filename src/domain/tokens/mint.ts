import type { StatusRef } from './token.ts'

/** What signs tokens that live long, and gives each its place in a status list. */
export interface Mint {
  readonly issuer: string
  /** The compact JWT of these claims (RFC 7519), and the key that signed it. */
  readonly sign: (claims: object) => Promise<{ readonly jwt: string; readonly kid: string }>
  /** Whether what this key signed is accepted. */
  readonly isAccepted: (kid: string) => boolean
  /** A place that no token has had; undefined for one that lives too short to be in a list. */
  readonly place: (
    lifeSeconds: number,
  ) => Promise<{ readonly ref: StatusRef; readonly uri: string } | undefined>
}
