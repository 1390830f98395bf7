import type { Context } from '../context.ts'
import { Problem } from '../problem.ts'
import { type Decision, decide, type Holding, rightsWith } from './decide.ts'
import { ladder, type Needs } from './ladder.ts'
import { isInsider } from './permit.ts'
import { levelOf, type Path, type Place } from './places.ts'
import { judgedBy, permissionAsked, type Question } from './question.ts'
import { currentRights } from './rights.ts'
import { builtInRoles } from './roles.ts'

/** A role, and where it would have to be held. */
interface Sufficient {
  readonly role: string
  readonly on: Place
}

/** Why somebody may do something, or what was looked for, and what would have been enough. */
export type Explanation =
  | Extract<Decision, { readonly allowed: true }>
  | (Extract<Decision, { readonly allowed: false }> & {
      /** Whether they may log in at all. */
      readonly isActive: boolean
      /** Absent where no role is enough. */
      readonly wouldSuffice?: Sufficient
    })

function suffices(needs: Needs, path: Path, holding: Holding): boolean {
  return decide(rightsWith([holding], { audiences: [] }), needs, path).allowed
}

/** The least of the six roles that is enough, on the lowest place of a path on which one is. */
function leastRole(needs: Needs, path: Path): Sufficient | undefined {
  for (const on of path.toReversed()) {
    const level = levelOf(on)
    const role = builtInRoles
      .filter(({ levels }) => levels.some((one) => one === level))
      .find(({ id, at }) => {
        const by = { kind: 'role', role: id } as const
        return suffices(needs, path, { on, by, permissions: at(level) })
      })
    if (role) return { role: role.id, on }
  }
  return undefined
}

/**
 * Why somebody may do something now, or may not. Who asks about themselves is told as little of what
 * they do not know of as who asks about others. Fails as a check does.
 */
export async function explainAccess(ctx: Context, question: Question): Promise<Explanation> {
  const needs = ladder(permissionAsked(question))
  const own = await currentRights(ctx)
  const { rights, path, isActive } = judgedBy(ctx, own, question)
  if (!path) throw new Problem('resource.not_found', {})
  const decision = decide(rights, needs, path)
  if (decision.allowed) return decision
  if (!isInsider(own, path)) throw new Problem('resource.not_found', {})
  const least = leastRole(needs, path)
  return { ...decision, isActive, ...(least && isActive && { wouldSuffice: least }) }
}
