import { isProblem, Problem, type ProblemCode } from '../../domain/problem.ts'
import { textOf } from '../../files/reason.ts'
import { problemOf } from './errors.ts'

/** An error as plain data: it crosses from the writer's thread, where errors lose their members. */
export interface Fault {
  readonly message: string
  /** Of a Problem; absent: a fault of the program. */
  readonly code: ProblemCode | undefined
  readonly field: string | undefined
  readonly retryAfterSeconds: number | undefined
  /** What is behind it, for the log alone. */
  readonly cause: string | undefined
}

/** What crosses for an error that a write threw. */
export function faultOf(error: unknown): Fault {
  const problem = problemOf(error)
  if (!isProblem(problem)) return { ...blank, message: textOf(problem) }
  const { message, code, field, retryAfterSeconds, cause } = problem
  const reason = cause === undefined ? undefined : textOf(cause)
  return { message, code, field, retryAfterSeconds, cause: reason }
}

/** The error that a fault was made of, for the caller on this side. */
export function errorFrom({ message, code, field, retryAfterSeconds, cause }: Fault): Error {
  if (code === undefined) return new Error(message)
  return new Problem(code, message, {
    ...(field !== undefined && { field }),
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
    ...(cause !== undefined && { cause: new Error(cause) }),
  })
}

const blank = {
  code: undefined,
  field: undefined,
  retryAfterSeconds: undefined,
  cause: undefined,
} as const
