import { failure, OstiaryError } from './failure.ts'
import { type IssuerOptions, longestMsOf } from './issuer-options.ts'
import { type Kept, kept } from './kept.ts'
import { send } from './send.ts'
import type { AccessTokenClaims } from './token-kinds.ts'
import { membersOf } from './words.ts'

/** A role, and the place that it must be held on. */
export interface RequiredRole {
  readonly role: string
  /** The id of a company or project, or `projectId:envId`. */
  readonly on: string
}

/** What a token must allow, besides being good. */
export interface Requirement {
  /** All of these. */
  readonly permissions?: readonly string[] | undefined
  /** On which place: the id of a company or project, or `projectId:envId`; the root when absent. */
  readonly resource?: string | undefined
  /** One of these, by the claim `roles`; a project token has none. */
  readonly roles?: readonly RequiredRole[] | undefined
}

/** How the rights are found of tokens that do not carry them. */
export interface RightsOptions extends IssuerOptions {
  /** For how long an answer of the issuer is kept; 60 when absent. */
  readonly rightsSeconds?: number | undefined
}

/** A good token, as text and by its claims. */
export interface Proven {
  readonly token: string
  readonly claims: AccessTokenClaims
}

/** Fails with `insufficient_scope` when a token does not allow what is required. */
export type AssertRights = (proven: Proven, required: Requirement) => Promise<void>

const mostAnswers = 10_000
const rightsByDefault = 60

const insufficient = (why: string) =>
  failure('insufficient_scope', `the token does not allow what is required: ${why}`)

/** Root accounts have their permissions in their access tokens; all others hold roles somewhere. */
const carriesPermissions = ({ token_id: id, company_id: company }: AccessTokenClaims) =>
  id === undefined && company === undefined

const levels = ['companies', 'projects', 'environments']

function holds({ roles }: AccessTokenClaims, { role, on }: RequiredRole): boolean {
  const claim = membersOf(roles)
  return levels.some((level) => {
    const places = membersOf(claim[level])
    const held = Object.hasOwn(places, on) ? places[on] : undefined
    return Array.isArray(held) && held.includes(role)
  })
}

function whyNoRole(claims: AccessTokenClaims): string {
  if (claims['roles_truncated'] === true) return ', and not all of its roles fit into it'
  return claims['scope'] === undefined ? '' : ', since one with a scope names no roles'
}

function assertRole(claims: AccessTokenClaims, roles: readonly RequiredRole[]): void {
  if (roles.some((role) => holds(claims, role))) return
  throw insufficient(`it has none of the roles${whyNoRole(claims)}`)
}

const isFor = ({ aud }: AccessTokenClaims, issuer: string) =>
  typeof aud === 'string' ? aud === issuer : aud.includes(issuer)

interface Question extends Proven {
  readonly permissions: readonly string[]
  readonly resource: string | undefined
}

/** Whether the issuer lets the token do all of that: the token asks about itself. */
async function ask(question: Question, options: RightsOptions): Promise<boolean> {
  const { token, permissions, resource } = question
  const questions = permissions.map((permission) => ({ permission, resource }))
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const target = `${options.issuer.replace(/\/+$/, '')}/api/access/check`
  const request = { method: 'POST', headers, body: JSON.stringify({ questions }) } as const
  const { body, status } = await send(target, request, options)
  const { answers } = membersOf(body)
  if (!Array.isArray(answers) || answers.length !== permissions.length) {
    const message = 'the issuer did not answer what the token may do: is it an Ostiary server?'
    throw new OstiaryError('unexpected_answer', message, { status })
  }
  return answers.every((answer) => membersOf(answer)['allowed'] === true)
}

const refusals: readonly number[] = [401, 403]

/** What the issuer says; `refused` when it does not take the token. */
async function answerOf(question: Question, options: RightsOptions) {
  try {
    return await ask(question, options)
  } catch (error) {
    const isRefusal = error instanceof OstiaryError && refusals.includes(error.status)
    if (isRefusal) return 'refused'
    throw error
  }
}

type Answer = Awaited<ReturnType<typeof answerOf>>

/** Asks the issuer, and keeps its answers: for each token, by what was asked. */
function asking(options: RightsOptions): (question: Question) => Promise<Answer> {
  const { rightsSeconds = rightsByDefault } = options
  const bounds = { freshMs: () => rightsSeconds * 1000, longestMs: longestMsOf(options) }
  const answers = new Map<string, Kept<Answer>>()
  const add = (key: string, question: Question) => {
    const [oldest] = answers.keys()
    if (answers.size >= mostAnswers && oldest !== undefined) answers.delete(oldest)
    const answer = kept(() => answerOf(question, options), bounds, options)
    answers.set(key, answer)
    return answer
  }
  return async (question) => {
    const { claims, permissions, resource } = question
    const key = JSON.stringify([claims.jti, resource, permissions])
    return await (answers.get(key) ?? add(key, question)).known()
  }
}

/** Checks what tokens allow: by their claims, and by the issuer where they do not carry it. */
export function rightsChecks(options: RightsOptions): AssertRights {
  const answer = asking(options)
  const assertAsked = async (question: Question) => {
    if (!isFor(question.claims, options.issuer)) {
      throw insufficient(
        'it carries no permissions, and is not for the issuer, who would know them',
      )
    }
    const found = await answer(question)
    if (found === 'refused') throw failure('token_revoked', 'the issuer does not take the token')
    if (!found) throw insufficient('its account may not do that there')
  }
  return async ({ token, claims }, { permissions = [], resource, roles }) => {
    if (roles !== undefined) assertRole(claims, roles)
    if (permissions.length === 0) return
    if (!carriesPermissions(claims)) {
      await assertAsked({ token, claims, permissions, resource })
    } else if (!permissions.every((one) => claims.permissions.includes(one))) {
      throw insufficient('it has not all of the permissions')
    }
  }
}
