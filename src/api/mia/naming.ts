import type { Middleware } from 'koa'
import { isProblem, type Problem } from '../../domain/problem.ts'
import type { Said } from '../../http/problems.ts'
import type { Facts, Shapes } from '../../http/route.ts'

/** What a route takes in its body and query and shows in its answers, and what is called otherwise there. */
interface Named {
  readonly calls: Readonly<Record<string, string>>
  readonly takes: ReadonlySet<string>
  /** What its answers have: a change may not fit what stays as it is. */
  readonly shows: ReadonlySet<string>
}

const ofWhoever: Named = { calls: {}, takes: new Set(), shows: new Set() }

/** Whoever sent a set of keys can name the place where it is published, if the route takes that. */
function advice(problem: Problem, { takes }: Named): string {
  const isKeySet = isProblem(problem, 'key.invalid') && problem.details.fault === 'key_set'
  if (!isKeySet || !takes.has('jwksUri')) return ''
  return ', or give the URL where the set is published as jwksUri'
}

/** A word of ours that is no word of prose is another word for the route wherever it stands. */
const isOurs = (member: string) => /[A-Z]/.test(member)

function reworded(message: string, member: string, { calls }: Named): string {
  const others = Object.entries(calls).filter(([ours]) => ours !== member && isOurs(ours))
  const first = message.replace(member, calls[member] ?? member)
  return others.reduce((text, [ours, called]) => text.replaceAll(ours, called), first)
}

/**
 * The same in the names of the route: what its body calls otherwise is called so, and a member that it
 * neither takes nor shows is not named. The wire's own faults name it as it came.
 */
export function asCalled(said: Said, problem: Problem, named: Named = ofWhoever): Said {
  if ('said' in problem.details) return said
  const [member = '', ...below] = said.field?.split('.') ?? []
  const called = named.calls[member] ?? member
  const { field: _field, ...rest } = said
  const isThere = [named.takes, named.shows].some((names) => names.has(called))
  const isMember = isThere || !/^[a-z]/.test(called)
  return {
    ...rest,
    message: reworded(said.message, member, named) + advice(problem, named),
    ...(said.field !== undefined && isMember && { field: [called, ...below].join('.') }),
  }
}

/** The names of all members that a schema has, at any depth. */
function namesIn(schema: unknown): readonly string[] {
  if (typeof schema !== 'object' || schema === null) return []
  const properties: unknown = Reflect.get(schema, 'properties')
  const own = typeof properties === 'object' && properties !== null ? Object.keys(properties) : []
  return [...own, ...Object.values(schema).flatMap(namesIn)]
}

/** Notes what a route takes and shows, and how it calls that, for whatever it fails with. */
export function naming({ calls = {}, body, query, replies }: Facts & Shapes): Middleware {
  const [takes, shows] = [[body, query], Object.values(replies)].map(
    (schemas) => new Set(schemas.flatMap(namesIn)),
  )
  const named: Named = { calls, takes: takes ?? new Set(), shows: shows ?? new Set() }
  return function noteNames(ctx, next) {
    ctx.state['named'] = named
    return next()
  }
}
