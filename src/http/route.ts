import type Router from '@koa/router'
import type { Middleware, ParameterizedContext } from 'koa'
import type { Static, TObject, TSchema } from 'typebox'
import type { Action } from '../domain/access/actions.ts'
import type { ProblemCode } from '../domain/problem.ts'
import { preferred } from './accept.ts'
import type { Conditions } from './conditions.ts'
import type { HeaderFacts } from './headers.ts'
import { type BodyRules, reader, readJson } from './input.ts'
import { queryReader } from './query.ts'
import type { Rows } from './rows.ts'
import { Streamed, send, whileAllowed } from './streamed.ts'
import { answerConditionally, conditionsOf, tagList } from './tags.ts'

/** How a route may succeed; how it fails is said by problems. */
type Status = 200 | 201 | 202 | 204

/** The schema of the body by status; null where there is none. */
export type Replies = { readonly [S in Status]?: TSchema | null }

/** The schemas of a route: what is not declared is not read. */
export interface Shapes {
  readonly params?: TObject
  readonly query?: TObject
  readonly body?: TSchema
  readonly replies: Replies
}

/** What a route says of itself besides its schemas. */
export interface Facts {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** With parameters as `:name`. */
  readonly path: string
  /** Its name for programs that are made from the API's description. */
  readonly name: string
  readonly summary: string
  /** What its use case asks permission for; none where a token tells of itself. */
  readonly action: Action | 'none'
  /** Where the action is done: what its path names, by its parameters; absent: at the root. */
  readonly at?: 'company' | 'project' | 'environment'
  /**
   * Who may ask besides those who may do it: `insider`, since the use case looks at each part, or
   * whoever is somebody, since what they may not see is left out; or whoever may do it where the
   * account that the path names belongs, of which nobody else is told.
   */
  readonly leave?: 'insider' | 'anybody' | 'holder'
  /** What else is enough, where its use case asks for it on each part that the request names. */
  readonly orOnParts?: Action
  /** Whether the calling application must name itself. */
  readonly clientKey: 'required' | 'optional'
  /** Whether If-Match may name the version that is meant. */
  readonly isConditional?: boolean
  /** Headers of its successes, besides what every answer has. */
  readonly headers?: HeaderFacts
  /** Media types besides JSON in which its success may come, a part at a time. */
  readonly streams?: readonly string[]
  /** How its body calls what the rest of the dialect calls otherwise: its failures name it so. */
  readonly calls?: Readonly<Record<string, string>>
  /** How it fails besides what its declaration tells already. */
  readonly problems?: readonly ProblemCode[]
  /** Media types and size of its body; absent: 64 KiB of JSON. */
  readonly accepts?: BodyRules
}

type StaticOf<S> = S extends TSchema ? Static<S> : undefined

/** What a route finds in its request, as its schemas have it. */
interface Input<P, Q, B> {
  readonly params: StaticOf<P>
  readonly query: StaticOf<Q>
  readonly body: StaticOf<B>
  readonly conditions: Conditions
  /** The media type that the caller would rather have, of those that the route has. */
  readonly wanted: string | undefined
  /** Where the request went, for links to its neighbours. */
  readonly place: Place
}

/** The path of a request and its query, without the question mark. */
export interface Place {
  readonly path: string
  readonly querystring: string
}

/** A value of a schema that nobody will change any more. */
type Shown<T> = T extends readonly (infer E)[]
  ? readonly Shown<E>[]
  : T extends object
    ? { readonly [K in keyof T]: Shown<T[K]> }
    : T

type Headers = Readonly<Record<string, string>>

type Sent = readonly [status: Status, body?: unknown, headers?: Headers]

/** The rows of a list. */
type RowsOf<T> = T extends readonly (infer E)[] ? Rows<E> : never

type AnswerOf<S, B> = B extends TSchema
  ? readonly [
      status: S,
      body: Shown<Static<B>> | RowsOf<Shown<Static<B>>> | Streamed,
      headers?: Headers,
    ]
  : readonly [status: S, body?: undefined, headers?: Headers]

/** Status, body and headers: the body is what the route declares for this status. */
type Answer<R extends Replies> = Extract<
  { readonly [S in keyof R]: AnswerOf<S, R[S]> }[keyof R],
  Sent
>

/** A route as it is written: what it is, and what it answers. What is not declared is not read. */
export interface Declaration<World, P, Q, B, R extends Replies> extends Facts {
  readonly params?: P
  readonly query?: Q
  readonly body?: B
  readonly replies: R
  readonly answer: (world: World, input: Input<P, Q, B>) => Promise<Answer<R>>
}

/** How callers are let in: by a token for this server, by what the route itself looks at, or as anybody. */
export type LetIn = 'bearer' | 'own' | 'anybody'

/** Makes the world of one answer, when all of its request is there: who asks is judged by then. */
type WorldOf<World> = (ctx: ParameterizedContext) => World | Promise<World>

/** A route that can be mounted, and described. */
export interface Route<World> extends Facts, Shapes {
  readonly letIn: LetIn
  /** Reads the request to its end, then asks for its world, then answers. */
  readonly run: (worldOf: WorldOf<World>, ctx: Asked) => Promise<Sent>
}

type Asked = ParameterizedContext & { readonly params: Readonly<Record<string, string>> }

/** Whether a route answers a list. */
export function isList({ method, replies: { 200: rows } }: Facts & Shapes): boolean {
  return method === 'GET' && !!rows && Reflect.get(rows, 'type') === 'array'
}

/** What also comes a part at a time has a tag as JSON alone. */
function tagHeader(facts: Facts & Shapes): HeaderFacts {
  return isList(facts) ? { ETag: facts.streams ? 'sometimes' : 'always' } : {}
}

function inputReader<P, Q, B>({ params, query, body, accepts, streams }: Shapes & Facts) {
  const nothing = {}
  const readParams = reader<StaticOf<P>>(params ?? nothing)
  const readQuery = queryReader<StaticOf<Q>>(query)
  const readBody = reader<StaticOf<B>>(body ?? nothing)
  return async (ctx: Asked): Promise<Input<P, Q, B>> => ({
    params: readParams(params && ctx.params),
    query: readQuery(ctx.query),
    body: readBody(body && (await readJson(ctx.req, accepts))),
    conditions: conditionsOf(ctx),
    wanted: streams && preferred(ctx.headers.accept, ['application/json', ...streams]),
    place: { path: `${ctx.state['base'] ?? ''}${ctx.path}`, querystring: ctx.querystring },
  })
}

/**
 * What declares routes whose callers are let in this way, over this world. A route that declares no
 * query has the usual one; without that, nothing of a query is looked at.
 */
export function routesOf<World>(letIn: LetIn, usual: { readonly query?: TObject } = {}) {
  return function route<
    R extends Replies,
    P extends TObject | undefined = undefined,
    Q extends TObject | undefined = undefined,
    B extends TSchema | undefined = undefined,
  >({ answer, ...declared }: Declaration<World, P, Q, B, R>): Route<World> {
    const { params, query: asked, body, ...rest } = declared
    const query = asked ?? usual.query
    const shapes = {
      ...rest,
      headers: { ...rest.headers, ...tagHeader(rest) },
      ...(params && { params }),
      ...(query && { query }),
      ...(body && { body }),
    }
    const read = inputReader<P, Q, B>(shapes)
    const run: Route<World>['run'] = async (worldOf, ctx) => {
      const input = await read(ctx)
      return await answer(await worldOf(ctx), input)
    }
    return { ...shapes, letIn, run }
  }
}

/** What a dialect does before its routes: whom it lets in, and the world that an answer needs. */
export interface Gate<World> {
  /** Who calls, and whether they may: nothing else of the request is looked at before. */
  readonly before: (route: Route<World>) => readonly Middleware[]
  readonly worldOf: WorldOf<World>
}

/** Puts routes on a router: the only way in which one gets there. */
export function mount<World>(
  router: Router,
  routes: readonly Route<World>[],
  { before, worldOf }: Gate<World>,
): void {
  for (const route of routes) {
    const answerRoute = async (ctx: Asked) => {
      const [status, body, headers = {}] = await route.run(worldOf, ctx)
      ctx.set({ ...headers })
      ctx.status = status
      // A token that is ended meanwhile ends what it is read by.
      if (body instanceof Streamed)
        send(
          ctx,
          whileAllowed(body, async () => await worldOf(ctx)),
        )
      else if (body !== undefined) ctx.body = body
      answerConditionally(ctx)
    }
    const tag = isList(route) ? [tagList] : []
    router.register(route.path, [route.method], [...tag, ...before(route), answerRoute])
  }
}
