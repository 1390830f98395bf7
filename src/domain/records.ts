import { type Account, accountShape, withGeneration } from './accounts/account.ts'
import { accountFacts } from './accounts/facts.ts'
import type { Facts, TargetRef } from './audit/event.ts'
import { type ClientKey, clientKeyShape } from './client-keys/client-key.ts'
import { type Id, idWith } from './ids.ts'
import { type Installation, installationShape } from './installation/installation.ts'
import { type Issuer, issuerFacts, issuerShape } from './issuers/issuer.ts'
import { foldName, formerFold } from './names.ts'
import type { Owner } from './owner.ts'
import type { Shape } from './shape.ts'
import { type SigningKey, signingKeyShape } from './signing-keys/signing-key.ts'
import { type Revocation, revocationShape } from './tokens/revocation.ts'
import type { Versioned } from './versioned.ts'

/** The kinds of record and what each holds. */
export interface Records {
  readonly account: Account
  readonly client_key: ClientKey
  readonly installation: Installation
  readonly issuer: Issuer
  readonly revocation: Revocation
  readonly signing_key: SigningKey
}

/** The name of a kind of record. */
export type Kind = keyof Records

type Members = Readonly<Record<string, unknown>>

/** All that the stores, the log and the directory must know of one kind of record. */
export interface RecordKind<R extends Versioned> {
  /** Of its ids. */
  readonly prefix: string
  readonly shape: Shape<R>
  /** How each former shape becomes the next: the first turns shape 1 into shape 2. */
  readonly upgrades: readonly ((former: Members) => Members)[]
  /** Values that no two records of the kind share, each by its name; undefined: it has none now. */
  readonly unique: Readonly<Record<string, (record: R) => string | undefined>>
  /** Whom it belongs to: the scope in which it is listed. */
  readonly scope: (record: R) => Owner
  /** What the log calls it. */
  readonly target: (record: R) => TargetRef
  /** What the log says of it: everything but digests and keys. */
  readonly facts: (record: R) => Facts
}

/** One row per kind of record. A new noun is a new row: everything else is derived from it. */
export const recordKinds: { readonly [K in Kind]: RecordKind<Records[K]> } = {
  account: {
    prefix: 'acc',
    shape: accountShape,
    upgrades: [withGeneration],
    unique: {
      clientId: ({ clientId }) => clientId,
      name: ({ live, owner, name, nameFold }) => {
        const fold = nameFold === 'former' ? formerFold : foldName
        return live ? `${owner}\u0000${fold(name)}` : undefined
      },
    },
    scope: ({ owner }) => owner,
    target: ({ clientId, name }) => ({ kind: 'service_account', id: clientId, name }),
    facts: accountFacts,
  },
  client_key: {
    prefix: 'ckid',
    shape: clientKeyShape,
    upgrades: [],
    unique: {
      digest: ({ live, digest }) => (live ? digest.value : undefined),
      name: ({ live, name }) => (live ? foldName(name) : undefined),
    },
    scope: () => 'root',
    target: ({ id, name }) => ({ kind: 'client_key', id, name }),
    facts: ({ name, active, expiresAt }) => ({
      name,
      active,
      ...(expiresAt !== undefined && { expiresAt }),
    }),
  },
  installation: {
    prefix: 'inst',
    shape: installationShape,
    upgrades: [],
    unique: {},
    scope: () => 'root',
    target: ({ id }) => ({ kind: 'installation', id, name: '' }),
    facts: ({ epoch, pepper, ending }) => ({ epoch, ...(pepper && { pepperId: pepper }), ending }),
  },
  issuer: {
    prefix: 'iss',
    shape: issuerShape,
    upgrades: [],
    unique: {
      issuer: ({ live, issuer }) => (live ? issuer : undefined),
      name: ({ live, name }) => (live ? foldName(name) : undefined),
    },
    scope: () => 'root',
    target: ({ id, name }) => ({ kind: 'issuer', id, name }),
    facts: issuerFacts,
  },
  revocation: {
    prefix: 'rev',
    shape: revocationShape,
    upgrades: [],
    unique: {},
    scope: ({ owner = 'root' }) => owner,
    target: ({ clientId, name = '' }) => ({ kind: 'service_account', id: clientId, name }),
    facts: ({ jti }) => ({ jti }),
  },
  signing_key: {
    prefix: 'skid',
    shape: signingKeyShape,
    upgrades: [],
    // Of two processes that make the next key at once, one makes it.
    unique: { kid: ({ kid }) => kid, after: ({ live, after }) => (live ? after : undefined) },
    scope: () => 'root',
    target: ({ kid }) => ({ kind: 'signing_key', id: kid, name: '' }),
    facts: ({ alg, thumbprint, createdAt, signsFrom }) => ({
      alg,
      thumbprint,
      createdAt,
      signsFrom,
    }),
  },
}

function isKind(name: string): name is Kind {
  return Object.hasOwn(recordKinds, name)
}

/** Every kind of record. */
export const kinds: readonly Kind[] = Object.keys(recordKinds).filter(isKind)

/** Reads the name of a kind, as an event carries it; undefined when it is none that we know. */
export function kindOf(name: string): Kind | undefined {
  return isKind(name) ? name : undefined
}

/** Makes the id of a record: it begins with the prefix of its kind, and sorts by its time (ms). */
export function newRecordId<K extends Kind>(kind: K, now: number): Id<K> {
  return idWith<K>(recordKinds[kind].prefix, now)
}
