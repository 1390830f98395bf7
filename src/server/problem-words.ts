import { miaWords } from '../api/mia/problems.ts'
import type { Problem } from '../domain/problem.ts'
import { say } from '../http/problems.ts'

/** What the management API would say of a problem, for those who come to it by another way. */
export function wordsOf(problem: Problem): string {
  return say(miaWords, problem).message
}
