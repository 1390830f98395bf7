import type { Context } from '../context.ts'
import { Problem } from '../problem.ts'

/** How many years a token lives for which nobody says when it ends. */
const usualYears = 3

/** So many years later by the calendar (ms): from 29 February on, the 1st of March. */
function yearsAfter(at: number, years: number): number {
  const date = new Date(at)
  return date.setUTCFullYear(date.getUTCFullYear() + years)
}

const wholeSecond = (at: number) => Math.floor(at / 1000) * 1000

/** Fails with `request.invalid` when a token would end before it begins, or live longer than it may. */
function assertBounded(expiresAt: number, now: number, mostSeconds: number): void {
  if (expiresAt <= now) throw new Problem('request.invalid', { rule: 'end_lies_ahead' })
  if (expiresAt - wholeSecond(now) > mostSeconds * 1000) {
    throw new Problem('request.invalid', { rule: 'life_is_bounded', mostSeconds })
  }
}

/**
 * When a token ends that is made now (ms, a whole second): at the moment that was asked for, else after
 * three years by the calendar, or as long as the settings let it live.
 */
export function endOf({ now, limits }: Context, asked: number | undefined): number {
  const [at, most] = [now(), limits.projectTokenSeconds]
  if (asked === undefined) {
    return Math.min(yearsAfter(wholeSecond(at), usualYears), wholeSecond(at) + most * 1000)
  }
  const expiresAt = wholeSecond(asked)
  assertBounded(expiresAt, at, most)
  return expiresAt
}
