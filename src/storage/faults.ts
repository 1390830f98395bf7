import { Problem } from '../domain/problem.ts'

/** What is kept is not what it must be. */
export function damaged(what: string): Problem {
  return new Problem('store.damaged', { what })
}

/** Somebody else was faster. */
export function conflict(): Problem {
  return new Problem('record.conflict', {})
}

/** Another record has this value of a unique key. */
export function taken(key: string): Problem {
  return new Problem('name.taken', { key })
}
