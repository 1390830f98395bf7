import { type Context, isSomebody } from '../context.ts'
import { Problem, type ProblemDetails } from '../problem.ts'

/** Nobody changes or ends their own part in a project. Fails with `member.is_self`. */
export function assertOther(
  { actor }: Pick<Context, 'actor'>,
  { id }: { readonly id: string },
  asked: ProblemDetails['member.is_self']['asked'],
): void {
  if (isSomebody(actor) && actor.id === id) throw new Problem('member.is_self', { asked })
}
