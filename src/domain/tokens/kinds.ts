import type { KnownAccount } from '../accounts/account.ts'
import { type AccessClaims, judgeAccess, readAccess } from './access-token.ts'
import type { KnownHolders, Payload, Proven } from './holders.ts'
import type { TokenVerdict } from './judge.ts'
import { judgeProject, type ProjectClaims, readProject } from './project-token.ts'

interface Held {
  readonly ok: true
  readonly account: KnownAccount
  /** The payload as it was signed. */
  readonly payload: Payload
}

/** A token that stands, with its claims and its account. */
export type StandingToken = Held &
  (
    | { readonly kind: 'access'; readonly claims: AccessClaims }
    | { readonly kind: 'project'; readonly claims: ProjectClaims }
  )

/** The name of a kind of token. */
export type TokenKind = StandingToken['kind']

/** A token that lives long, as its own claims name it. */
interface NamedToken {
  readonly id: string
  readonly clientId: string
}

/** A token that stands, or why it does not. */
export type Checked =
  | StandingToken
  | { readonly ok: false; readonly why: string; readonly token?: NamedToken }

/** How long tokens may live, as the settings have it: in seconds. */
interface Lives {
  readonly accessSeconds: number
  readonly projectMaxSeconds: number
}

interface Row {
  /** What operators read. */
  readonly title: string
  /** Whether a payload is one of this kind, and of no other. */
  readonly recognise: (payload: Payload) => boolean
  /** The longest life, in seconds. */
  readonly life: (lives: Lives) => number
  /** Reads the claims, and judges them by what is known. */
  readonly check: (proven: Proven, known: KnownHolders) => Checked
}

function access(proven: Proven, known: KnownHolders): Checked {
  const { payload } = proven
  const claims = readAccess(payload)
  const verdict: TokenVerdict = judgeAccess(claims, known)
  return verdict.ok ? { kind: 'access', claims, payload, ...verdict } : verdict
}

function project(proven: Proven, known: KnownHolders): Checked {
  const { payload } = proven
  const claims = readProject(payload)
  const verdict: TokenVerdict = judgeProject(claims, proven, known)
  if (verdict.ok) return { kind: 'project', claims, payload, ...verdict }
  return { ...verdict, token: { id: claims.token_id, clientId: claims.sub } }
}

/** Every kind of token that we sign, one row each. */
export const tokenKinds: { readonly [K in TokenKind]: Row } = {
  access: {
    title: 'access tokens',
    recognise: ({ client_id: client, token_id: id }) => {
      return typeof client === 'string' && client !== '' && id === undefined
    },
    life: ({ accessSeconds }) => accessSeconds,
    check: access,
  },
  project: {
    title: 'project tokens',
    recognise: ({ client_id: client, token_id: id }) => {
      return typeof id === 'string' && client === undefined
    },
    life: ({ projectMaxSeconds }) => projectMaxSeconds,
    check: project,
  },
}
