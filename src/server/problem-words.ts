import { miaWords } from '../api/mia/problems.ts'
import { isProblem, type Problem } from '../domain/problem.ts'
import { textOf } from '../files/reason.ts'
import { say } from '../http/problems.ts'

/** What the management API would say of a problem, for those who come to it by another way. */
export function wordsOf(problem: Problem): string {
  return say(miaWords, problem).message
}

/** An error that says in words what failed, and why: what a problem says itself is for programs. */
export function inWords(error: unknown): unknown {
  if (!isProblem(error)) return error
  const why = error.cause === undefined ? '' : `: ${textOf(error.cause)}`
  return new Error(`${wordsOf(error)}${why}`, { cause: error })
}
