import { companyPlace, environmentPlace, projectPlace } from './access/places.ts'
import { type Account, accountShape, withBindings, withGeneration } from './accounts/account.ts'
import { accountFacts } from './accounts/facts.ts'
import { type ClientKey, clientKeyShape } from './client-keys/client-key.ts'
import { type Company, companyShape } from './companies/company.ts'
import { type Environment, environmentShape } from './environments/environment.ts'
import { type Group, groupShape } from './groups/group.ts'
import { type Id, idWith } from './ids.ts'
import { type Installation, installationShape } from './installation/installation.ts'
import { type Issuer, issuerFacts, issuerShape } from './issuers/issuer.ts'
import { foldMail, foldName, formerFold } from './names.ts'
import { type Project, projectShape } from './projects/project.ts'
import type { RecordKind } from './record-kind.ts'
import { type CustomRole, customRoleShape } from './roles/custom-role.ts'
import { type SigningKey, signingKeyShape } from './signing-keys/signing-key.ts'
import type { StatusList } from './status-lists/status-list.ts'
import { revocationRow, statusListRow, tokenRow } from './tokens/record-rows.ts'
import type { Revocation } from './tokens/revocation.ts'
import type { Token } from './tokens/token.ts'
import { concernedPlaces } from './users/concerned.ts'
import { type User, userShape } from './users/user.ts'

/** The kinds of record and what each holds. */
export interface Records {
  readonly account: Account
  readonly client_key: ClientKey
  readonly company: Company
  readonly environment: Environment
  readonly group: Group
  readonly installation: Installation
  readonly issuer: Issuer
  readonly project: Project
  readonly revocation: Revocation
  readonly role: CustomRole
  readonly signing_key: SigningKey
  readonly status_list: StatusList
  readonly token: Token
  readonly user: User
}

/** The name of a kind of record. */
export type Kind = keyof Records

/** One row per kind of record. A new noun is a new row: everything else is derived from it. */
export const recordKinds: { readonly [K in Kind]: RecordKind<Records[K]> } = {
  account: {
    prefix: 'acc',
    shape: accountShape,
    upgrades: [withGeneration, withBindings],
    unique: {
      clientId: ({ clientId }) => clientId,
      // Those of a company may be called alike, as they may be in the console that they come from.
      name: ({ live, owner, name, nameFold }) => {
        const fold = nameFold === 'former' ? formerFold : foldName
        const isShared = owner.startsWith('company:')
        return live && !isShared ? `${owner}\u0000${fold(name)}` : undefined
      },
    },
    scope: ({ owner }) => owner,
    above: ({ owner }) => [owner],
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
  company: {
    prefix: 'comp',
    shape: companyShape,
    upgrades: [],
    unique: {
      name: ({ live, name, hasSharedName }) =>
        live && !hasSharedName ? foldName(name) : undefined,
      slug: ({ live, slug }) => (live ? slug : undefined),
    },
    scope: () => 'root',
    above: ({ id }) => [companyPlace(id)],
    target: ({ id, name }) => ({ kind: 'company', id, name }),
    facts: ({ name, slug, description, state, founder }) => ({
      name,
      slug,
      description,
      state,
      ...(founder && { founder }),
    }),
  },
  environment: {
    prefix: 'env',
    shape: environmentShape,
    upgrades: [],
    unique: {
      // Never given to another one, so that no right on a former one is a right on it.
      envId: ({ project, envId }) => `${project}\u0000${envId}`,
      name: ({ live, project, name }) => (live ? `${project}\u0000${foldName(name)}` : undefined),
      slug: ({ live, project, slug }) => (live ? `${project}\u0000${slug}` : undefined),
      namespace: ({ live, namespace }) => (live ? namespace : undefined),
    },
    scope: ({ project }) => projectPlace(project),
    above: ({ company }) => [companyPlace(company)],
    target: ({ project, envId, name }) => ({
      kind: 'environment',
      id: environmentPlace(project, envId).slice('environment:'.length),
      name,
    }),
    facts: ({ name, slug, description, namespace }) => ({ name, slug, description, namespace }),
  },
  group: {
    prefix: 'grp',
    shape: groupShape,
    upgrades: [],
    unique: {
      name: ({ live, company, name }) => (live ? `${company}\u0000${foldName(name)}` : undefined),
    },
    scope: ({ company }) => companyPlace(company),
    target: ({ id, name }) => ({ kind: 'group', id, name }),
    facts: ({ name, externalName, members, bindings }) => ({
      name,
      ...(externalName !== undefined && { externalName }),
      members,
      bindings,
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
  project: {
    prefix: 'proj',
    shape: projectShape,
    upgrades: [],
    unique: {
      name: ({ live, company, name, sharesName }) =>
        live && sharesName !== true ? `${company}\u0000${foldName(name)}` : undefined,
      slug: ({ live, company, slug }) => (live ? `${company}\u0000${slug}` : undefined),
    },
    scope: ({ company }) => companyPlace(company),
    target: ({ id, name }) => ({ kind: 'project', id, name }),
    facts: ({ name, slug, description }) => ({ name, slug, description }),
  },
  revocation: revocationRow,
  role: {
    prefix: 'role',
    shape: customRoleShape,
    upgrades: [],
    unique: {
      name: ({ live, company, name }) => (live ? `${company}\u0000${foldName(name)}` : undefined),
    },
    scope: ({ company }) => companyPlace(company),
    target: ({ id, name }) => ({ kind: 'role', id, name }),
    facts: ({ name, description, permissions }) => ({ name, description, permissions }),
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
  status_list: statusListRow,
  token: tokenRow,
  user: {
    prefix: 'user',
    shape: userShape,
    upgrades: [],
    unique: {
      // Whoever was deleted may come back, as somebody else.
      identity: ({ live, identity }) =>
        live && identity ? `${identity.issuer}\u0000${identity.subject}` : undefined,
      // A mail address names an invitation, and nobody who has signed in.
      invitation: ({ live, identity, email }) =>
        live && !identity && email !== undefined ? foldMail(email) : undefined,
    },
    scope: () => 'root',
    above: concernedPlaces,
    target: ({ id, name }) => ({ kind: 'user', id, name }),
    // Not what an issuer calls somebody: some use the number of a passport.
    facts: ({ name, email, emailVerified, claimedBy, state, permissions, bindings }) => ({
      name,
      ...(claimedBy !== undefined && { claimedBy }),
      ...(email !== undefined && { email, emailVerified }),
      state,
      permissions,
      bindings,
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
