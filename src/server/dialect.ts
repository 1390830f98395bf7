import type { ServerResponse } from 'node:http'
import type { Problem } from '../domain/problem.ts'
import type { Handler } from '../http/listener.ts'
import type { Services } from './services.ts'

/** Those who speak one wire format: which paths are theirs, and who answers them. */
export interface Dialect {
  /**
   * Its paths; one that ends with a slash holds all that is below it. A path belongs to the dialect
   * whose prefix says the most of it.
   */
  readonly prefixes: readonly string[]
  /** Whether a client key is judged before its handler, as on every open path, or by itself. */
  readonly clientKeys: 'open' | 'own'
  /** What answers, once the services are open. */
  readonly open: (services: Services) => Handler
  /** Answers a request that is refused before its handler sees it, or before there is one; returns the status. */
  readonly refuse: (response: ServerResponse, problem: Problem, issuer: string) => number
}

function fits(path: string, prefix: string): boolean {
  return path === prefix || (prefix.endsWith('/') && path.startsWith(prefix))
}

/** Finds the dialect of a path: of several whose prefixes fit, the one that says the most. */
export function dialectsByPath<D extends Pick<Dialect, 'prefixes'>>(
  dialects: readonly D[],
): (path: string) => D | undefined {
  const rows = dialects
    .flatMap((dialect) => dialect.prefixes.map((prefix) => ({ prefix, dialect })))
    .sort((one, other) => other.prefix.length - one.prefix.length)
  return (path) => rows.find(({ prefix }) => fits(path, prefix))?.dialect
}
