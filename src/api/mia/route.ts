import type { IncomingMessage } from 'node:http'
import type { RegistrationTerms } from '../../domain/accounts/register.ts'
import type { Context } from '../../domain/context.ts'
import type { StandingToken } from '../../domain/tokens/kinds.ts'
import type { CheckOptions } from '../../http/bearer.ts'
import { routesOf } from '../../http/route.ts'
import { Type } from '../../schema/type.ts'

/** What is asked for by a parameter that a route does not know is never passed over. */
const noParameters = Type.Object({}, { additionalProperties: false })

/** Declares a route for whoever holds a token for this server. */
export const route = routesOf<Context>('bearer', { query: noParameters })

/** What a stranger may have written. */
export interface Registration {
  readonly context: Context
  readonly terms: RegistrationTerms
  /** Told of one that is refused: it counts for nobody. */
  readonly giveBack: () => void
}

/** Whether strangers may have something written, and how often. */
export interface RegistrationDoor {
  /** Fails with `registration.closed`. */
  readonly assertOpen: () => void
  /** Takes one turn of those that there are in a minute. Fails with `registration.throttled`. */
  readonly take: (request: IncomingMessage) => Registration
}

/** Tells what a token that stands says, with what its account holds now. */
export type LiveClaims = (checked: StandingToken) => Readonly<Record<string, unknown>>

/** What a route needs that looks at the token itself. */
export interface TokenDoor extends CheckOptions {
  /** The header of its request. */
  readonly authorization: string | undefined
  /** The claims of a token that stands, with what its account holds now. */
  readonly live: LiveClaims
}

/** Declares a route that looks at the token of its caller itself. */
export const openRoute = routesOf<TokenDoor>('own')

/** Declares a route for whoever comes, as long as the settings let anybody register. */
export const strangerRoute = routesOf<Registration>('anybody')

/** The parameters of a path below one account. */
export const OfAccount = Type.Object({ clientId: Type.String({ description: 'a client id' }) })

/** The parameters of a path of one client key. */
export const OfClientKey = Type.Object({
  id: Type.String({ description: 'the id of a client key' }),
})

/** The parameters of a path of one trusted issuer. */
export const OfIssuer = Type.Object({ id: Type.String({ description: 'the id of an issuer' }) })

/** The parameters of a path of one person. */
export const OfUser = Type.Object({ userId: Type.String({ description: 'the id of a person' }) })

/** The parameters of a path below one credential of an account. */
export const OfCredential = Type.Object({
  clientId: Type.String({ description: 'a client id' }),
  id: Type.String({ description: 'the id of a credential' }),
})

const company = Type.String({ description: 'the id of a company' })
const project = Type.String({ description: 'the id of a project' })

/** The parameters of a path below one company. */
export const OfCompany = Type.Object({ companyId: company })

/** The parameters of a path of one role of a company. */
export const OfRole = Type.Object({
  companyId: company,
  roleId: Type.String({ description: 'the id of a role of the company' }),
})

/** The parameters of a path below one project. */
export const OfProject = Type.Object({ projectId: project })

/** The parameters of a path of one environment. */
export const OfEnvironment = Type.Object({
  projectId: project,
  envId: Type.String({ description: 'the id of an environment within its project' }),
})

/** The parameters of a path below one account of a company. */
export const OfCompanyAccount = Type.Object({
  companyId: company,
  clientId: Type.String({ description: 'a client id' }),
})

/** The parameters of a path of one person of a company. */
export const OfCompanyUser = Type.Object({
  companyId: company,
  userId: Type.String({ description: 'the id of a person' }),
})

/** The parameters of a path of one group of a company. */
export const OfGroup = Type.Object({
  companyId: company,
  groupId: Type.String({ description: 'the id of a group' }),
})

/** The parameters of a path below one credential of an account of a company. */
export const OfCompanyCredential = Type.Object({
  companyId: company,
  clientId: Type.String({ description: 'a client id' }),
  id: Type.String({ description: 'the id of a credential' }),
})
