import type { Static } from 'typebox'
import type { NewIssuer } from '../../domain/issuers/create.ts'
import { type Issuer, issuerStates, type TrustedIssuer } from '../../domain/issuers/issuer.ts'
import type { IssuerTarget } from '../../domain/issuers/target.ts'
import type { IssuerPatch } from '../../domain/issuers/update.ts'
import { assertConditions, type Conditions } from '../../http/conditions.ts'
import { Type } from '../../schema/type.ts'
import { closed, name, state } from './schemas.ts'
import { entityTag, iso } from './views.ts'

const visible = (maxLength: number) =>
  Type.String({
    minLength: 1,
    maxLength,
    pattern: '^[\\x21-\\x7e]+$',
    expected: `a text of 1 to ${maxLength} visible ASCII characters`,
  })
const claim = visible(128)
const orNone = Type.Unsafe<string | null>({
  type: ['string', 'null'],
  minLength: 1,
  maxLength: 128,
  pattern: '^[\\x21-\\x7e]+$',
  expected: 'a text of 1 to 128 visible ASCII characters, or null',
})
const flag = Type.Boolean({ expected: 'true or false' })
const companies = Type.Array(visible(128), {
  maxItems: 1000,
  uniqueItems: true,
  expected: 'an array of at most 1000 different ids of companies',
})

/** What makes a trusted issuer. */
export const CreateIssuer = Type.Object(
  {
    name,
    issuer: visible(2048),
    audience: visible(512),
    personClaim: Type.Optional(claim),
    nameClaim: Type.Optional(claim),
    emailClaim: Type.Optional(claim),
    groupsClaim: Type.Optional(claim),
    clientId: Type.Optional(claim),
    allowInsecure: Type.Optional(flag),
    companies: Type.Optional(companies),
  },
  closed,
)

/** What changes a trusted issuer; what is absent stays. */
export const PatchIssuer = Type.Object(
  {
    name: Type.Optional(name),
    audience: Type.Optional(visible(512)),
    nameClaim: Type.Optional(claim),
    emailClaim: Type.Optional(claim),
    groupsClaim: Type.Optional(orNone),
    clientId: Type.Optional(orNone),
    allowInsecure: Type.Optional(flag),
    companies: Type.Optional(companies),
    state: Type.Optional(state),
  },
  {
    ...closed,
    minProperties: 1,
    expected:
      'a JSON object with name, audience, nameClaim, emailClaim, groupsClaim, clientId, allowInsecure, companies or state',
  },
)

const text = (description: string) => Type.String({ description })
const time = (description: string) =>
  Type.Optional(Type.String({ format: 'date-time', description }))

/** A trusted issuer, from the settings or from a record. */
export const TrustedIssuerReply = Type.Object({
  id: Type.String(),
  name: Type.String(),
  issuer: text('as it stands in iss'),
  audience: text('what aud must hold'),
  personClaim: text('the claim that names a person for good'),
  nameClaim: Type.String(),
  emailClaim: Type.String(),
  groupsClaim: Type.Optional(Type.String()),
  clientId: Type.Optional(text('what this server is called there')),
  allowInsecure: Type.Boolean(),
  companies: Type.Array(Type.String(), {
    description: 'ids of those whose groups its group claims match',
  }),
  state: Type.Enum([...issuerStates]),
  source: Type.Enum(['settings', 'record']),
  createdAt: time('when it was made; absent for one of the settings'),
  createdBy: Type.Optional(text('the client id of who made it')),
  updatedAt: time('when it was last changed'),
})

/** One of the settings has no version. */
function isRecord(issuer: TrustedIssuer | Issuer): issuer is Issuer {
  return 'version' in issuer
}

function kept(issuer: TrustedIssuer | Issuer) {
  if (!isRecord(issuer)) return { state: 'enabled', source: 'settings' } as const
  const { state: now, createdAt, createdBy, updatedAt } = issuer
  return {
    state: now,
    source: 'record',
    createdAt: iso(createdAt),
    createdBy,
    updatedAt: iso(updatedAt),
  } as const
}

/** A trusted issuer, as callers see it. */
export function issuerView(issuer: TrustedIssuer | Issuer) {
  const { id, name: title, audience, personClaim, nameClaim, emailClaim, groupsClaim } = issuer
  const { clientId, allowInsecure, companies: listing } = issuer
  return {
    id,
    name: title,
    issuer: issuer.issuer,
    audience,
    ...{ personClaim, nameClaim, emailClaim, ...(groupsClaim !== undefined && { groupsClaim }) },
    ...(clientId !== undefined && { clientId }),
    allowInsecure,
    companies: [...listing],
    ...kept(issuer),
  }
}

/** The headers of an issuer: one of the settings has no entity tag, for nothing changes it here. */
export function issuerTag(issuer: TrustedIssuer | Issuer) {
  return isRecord(issuer) ? entityTag(issuer) : {}
}

const tidy = (given: string) => given.normalize('NFC').trim()

/** An issuer to be trusted, as the domain takes it. */
export function createIssuerInput(given: Static<typeof CreateIssuer>): NewIssuer {
  return { ...given, name: tidy(given.name) }
}

/** A change of an issuer, as the domain takes it. */
export function patchIssuerInput(given: Static<typeof PatchIssuer>): IssuerPatch {
  return { ...given, ...(given.name !== undefined && { name: tidy(given.name) }) }
}

/** Which issuer is meant, in which state. */
export function issuerTarget(id: string, conditions: Conditions): IssuerTarget {
  return { id, demand: (current) => assertConditions(conditions, current) }
}
