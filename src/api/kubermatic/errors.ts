import type { ServerResponse } from 'node:http'
import type { Middleware, ParameterizedContext } from 'koa'
import { isPermitted } from '../../domain/access/may-see.ts'
import { projectPlace } from '../../domain/access/places.ts'
import { rightsAtHand } from '../../domain/access/rights.ts'
import { accountMail } from '../../domain/accounts/mail.ts'
import type { Actor } from '../../domain/context.ts'
import { isProblem, Problem } from '../../domain/problem.ts'
import type { ManagementOptions } from '../../http/management.ts'
import { asProblem, problemHeaders, type Said, say, sendRefusal } from '../../http/problems.ts'
import { assertRouted } from '../../http/routed.ts'
import { mailOf } from './asker.ts'
import { kubermaticWords } from './problems.ts'

const invalidToken = 'access denied, invalid token:'

/** The error body of this dialect. */
function errorBody({ status: code, message }: Said) {
  return { error: { code, message } }
}

/** Answers a request that is refused before this dialect's routes see it; returns the status. */
export function refuseAtEdge(response: ServerResponse, problem: Problem, issuer: string): number {
  const said = say(kubermaticWords, problem)
  const answer = { problem, status: said.status, body: errorBody(said) }
  return sendRefusal(response, answer, issuer)
}

type Options = Pick<ManagementOptions, 'issuer' | 'contextFor' | 'onFailure'>

/** What is known of a failed request: who asked, and about which project. */
interface Failed {
  readonly actor: Actor | undefined
  readonly projectId: string | undefined
}

function failedOf(ctx: ParameterizedContext): Failed {
  const { actor }: { actor?: Actor } = ctx.state
  const params: Readonly<Record<string, string>> = ctx['params'] ?? {}
  return { actor, projectId: params['projectId'] }
}

/** Of a project that somebody may not see, nobody tells them more than that. */
function seenBy(problem: Problem, ctx: ParameterizedContext, { contextFor }: Options): Problem {
  const { actor, projectId } = failedOf(ctx)
  if (!isProblem(problem, 'actor.forbidden') || !actor || projectId === undefined) return problem
  const context = contextFor(actor, ctx)
  const rights = rightsAtHand(context)
  const on = projectPlace(projectId)
  const isSeen = rights && isPermitted(context, rights, { action: 'project.read', on })
  return isSeen ? problem : new Problem('project.not_found', {})
}

/** What is wrong with a token, where more than that is told. */
function faultOf({ details }: Problem<'actor.unauthenticated'>, { issuer }: Options) {
  const { fault, token } = details
  if (fault === 'expired') return { message: `${invalidToken} token has expired` }
  if (!token) return {}
  const who = accountMail(token.clientId, new URL(issuer).hostname)
  return { message: `${invalidToken} sa: the token ${token.id} has been revoked for ${who}` }
}

function sayTo(problem: Problem, ctx: ParameterizedContext, options: Options): Said {
  const said = say(kubermaticWords, problem)
  if (isProblem(problem, 'actor.unauthenticated')) return { ...said, ...faultOf(problem, options) }
  const { actor, projectId } = failedOf(ctx)
  if (!actor) return said
  const isForeign = isProblem(problem, 'project.not_found', 'company.not_found')
  if (isForeign && projectId !== undefined) {
    const { known } = options.contextFor(actor, ctx)
    const who = mailOf(known, actor, options.issuer)
    return { ...said, message: `forbidden: "${who}" doesn't belong to project ${projectId}` }
  }
  if (!isProblem(problem, 'actor.forbidden')) return said
  if (problem.details.action !== 'project.create') return said
  return { ...said, message: whoMakesNone[actor.kind] }
}

const notAllowed = 'project creation is restricted'

const whoMakesNone = {
  account: 'the Service Account is not allowed to create a project',
  person: notAllowed,
  system: notAllowed,
  anonymous: notAllowed,
} as const satisfies Record<Actor['kind'], string>

/** Renders every failure of this dialect. */
export function renderErrors(options: Options): Middleware {
  return async function renderKubermaticErrors(ctx, next) {
    try {
      await next()
      assertRouted(ctx)
    } catch (error) {
      const problem = seenBy(asProblem(error), ctx, options)
      const said = sayTo(problem, ctx, options)
      if (said.status >= 500) options.onFailure(error, ctx)
      ctx.status = said.status
      ctx.body = errorBody(said)
      ctx.set({ ...problemHeaders(problem, said.status, options.issuer) })
    }
  }
}
