import { isProblem, Problem, type ProblemDetails } from './problem.ts'

type By = NonNullable<ProblemDetails['name.taken']['by']>

/** Writes something under a name; where another has the name, the problem says which it is. */
export async function underName<T>(by: By, write: () => Promise<T>): Promise<T> {
  try {
    return await write()
  } catch (error) {
    if (!isProblem(error, 'name.taken')) throw error
    throw new Problem('name.taken', { ...error.details, by }, error)
  }
}
