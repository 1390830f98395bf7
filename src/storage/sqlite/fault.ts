import { isProblem, Problem, type ProblemCode, type ProblemDetails } from '../../domain/problem.ts'
import { textOf } from '../../files/reason.ts'
import { problemOf } from './errors.ts'

/** An error as plain data: it crosses from the writer's thread, where errors lose their members. */
export type Fault =
  | {
      readonly kind: 'problem'
      readonly code: ProblemCode
      readonly details: ProblemDetails[ProblemCode]
      /** What is behind it, for the log alone. */
      readonly cause: string | undefined
    }
  | { readonly kind: 'bug'; readonly message: string }

/** What crosses for an error that a write threw. */
export function faultOf(error: unknown): Fault {
  const problem = problemOf(error)
  if (!isProblem(problem)) return { kind: 'bug', message: textOf(problem) }
  const { code, details, cause } = problem
  return { kind: 'problem', code, details, cause: cause === undefined ? cause : textOf(cause) }
}

/** The error that a fault was made of, for the caller on this side. */
export function errorFrom(fault: Fault): Error {
  if (fault.kind === 'bug') return new Error(fault.message)
  const { code, details, cause } = fault
  return new Problem<ProblemCode>(code, details, cause === undefined ? cause : new Error(cause))
}
