import type { Context } from '../context.ts'
import { isProblem } from '../problem.ts'
import { decide, type Rights } from './decide.ts'
import { ladder } from './ladder.ts'
import { assertPermissionsKnown, judgedBy, permissionAsked, type Question } from './question.ts'
import { currentRights } from './rights.ts'

/** So many questions are answered in one slice of a turn. */
const slice = 20

function isAllowed(ctx: Context, own: Rights, question: Question): boolean {
  const needs = ladder(permissionAsked(question))
  const { rights, path } = judgedBy(ctx, own, question)
  return path !== undefined && decide(rights, needs, path).allowed
}

/**
 * Whether somebody may do something now. Of themselves everybody is told; a place that is not there and
 * one that they do not know of are the same no. Fails with `permission.unknown`, and of others with
 * `subject.not_found`, `resource.not_found` or `actor.forbidden`.
 */
export async function checkAccess(ctx: Context, question: Question): Promise<boolean> {
  return isAllowed(ctx, await currentRights(ctx), question)
}

/** What is not there, or foreign, spoils no other answer. */
function isAllowedAmongOthers(ctx: Context, own: Rights, question: Question): boolean {
  try {
    return isAllowed(ctx, own, question)
  } catch (error) {
    if (isProblem(error, 'subject.not_found', 'resource.not_found')) return false
    throw error
  }
}

/**
 * The same of many questions, in their order; about what is absent or foreign the answer is no. Fails
 * with `permission.unknown` or `actor.forbidden`.
 */
export async function checkEach(
  ctx: Context,
  questions: readonly Question[],
): Promise<readonly boolean[]> {
  assertPermissionsKnown(questions)
  const own = await currentRights(ctx)
  const answers: boolean[] = []
  for (const question of questions) {
    if (answers.length % slice === slice - 1) await ctx.known.nextTurn()
    answers.push(isAllowedAmongOthers(ctx, own, question))
  }
  return answers
}
