import { eventOf } from '../change.ts'
import type { Context } from '../context.ts'
import { isProblem } from '../problem.ts'
import { unseen } from '../versioned.ts'
import type { KnownToken, Token } from './token.ts'

const dayMs = 86_400_000

/** So many days before its end a token is told of, the most first. */
const warnings = [30, 14, 7, 1] as const

/** What a new value is told to have been warned of: what would be due before it was made. */
export function warnedFromStart(lifeMs: number): { readonly warnedDays?: number } {
  const moot = warnings.findLast((days) => days * dayMs > lifeMs)
  return moot === undefined ? {} : { warnedDays: moot }
}

type Ending = Pick<KnownToken, 'expiresAt' | 'warnedDays'>

/** The next warning that is due at this moment (ms); undefined: none is. */
function dueOf({ expiresAt, warnedDays }: Ending, now: number): number | undefined {
  if (expiresAt <= now) return undefined
  return warnings.find((days) => {
    const isNew = warnedDays === 0 || days < warnedDays
    return isNew && expiresAt - now <= days * dayMs
  })
}

/** Whether a token is to be told of now (ms). */
export function isWarningDue(token: Ending, now: number): boolean {
  return dueOf(token, now) !== undefined
}

/** Writes one warning with its event, both or neither: another process may have written it. */
async function warn(ctx: Context, before: Token, days: number): Promise<boolean> {
  const after = { ...unseen(before), warnedDays: days, version: before.version + 1 }
  const event = eventOf(ctx, 'token', { action: 'token.ends_soon', before, after })
  try {
    await ctx.store.commit('token', after, event)
    return true
  } catch (error) {
    if (isProblem(error, 'record.conflict')) return false
    throw error
  }
}

/** Writes every warning of a token that is due, each once; answers those, in days. */
export async function warnOfEnd(ctx: Context, id: string): Promise<readonly number[]> {
  const written: number[] = []
  for (;;) {
    const token = await ctx.store.get('token', id)
    if (!token?.live) return written
    const { value, warnedDays = 0 } = token
    const days = dueOf({ expiresAt: value.expiresAt, warnedDays }, ctx.now())
    if (days === undefined || !(await warn(ctx, token, days))) return written
    written.push(days)
  }
}
