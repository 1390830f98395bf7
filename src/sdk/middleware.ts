import { type RequireTokenOptions, requireToken } from './require-token.ts'
import type { AccessTokenClaims } from './token-kinds.ts'

// One adapter for each framework, by what it has of a request and an answer. None is imported.

interface Incoming {
  readonly headers: { readonly authorization?: string | undefined }
}

/** What is used of a context of Koa. */
export interface KoaContext extends Incoming {
  readonly state: { token?: AccessTokenClaims }
  status: number
  body: unknown
  set(headers: Record<string, string>): void
}

/** Middleware for Koa: the claims of who is let in are in `ctx.state.token`. */
export function koaToken<Context extends KoaContext>(options: RequireTokenOptions<Context>) {
  const guard = requireToken(options)
  return async (ctx: Context, next: () => Promise<unknown>): Promise<void> => {
    const { claims, refusal } = await guard(ctx.headers.authorization, ctx)
    if (refusal === undefined) {
      ctx.state.token = claims
      await next()
      return
    }
    ctx.set({ ...refusal.headers })
    ctx.status = refusal.status
    ctx.body = refusal.body
  }
}

/** What is used of a request of Express. */
export interface ExpressRequest extends Incoming {
  token?: AccessTokenClaims
}

/** What is used of an answer of Express. */
export interface ExpressResponse {
  status(code: number): unknown
  set(headers: Record<string, string>): unknown
  json(body: unknown): unknown
}

/** Middleware for Express: the claims of who is let in are in `req.token`. */
export function expressToken<Request extends ExpressRequest>(
  options: RequireTokenOptions<Request>,
) {
  const guard = requireToken(options)
  return async (req: Request, res: ExpressResponse, next: () => unknown): Promise<void> => {
    const { claims, refusal } = await guard(req.headers.authorization, req)
    if (refusal === undefined) {
      req.token = claims
      next()
      return
    }
    res.set({ ...refusal.headers })
    res.status(refusal.status)
    res.json(refusal.body)
  }
}

/** What is used of a request of Fastify. */
export interface FastifyRequest extends Incoming {
  token?: AccessTokenClaims
}

/** What is used of an answer of Fastify. */
export interface FastifyReply {
  code(status: number): unknown
  headers(headers: Record<string, string>): unknown
  send(body: unknown): unknown
}

/** A hook `onRequest` or `preHandler` for Fastify: the claims of who is let in are in `request.token`. */
export function fastifyToken<Request extends FastifyRequest>(
  options: RequireTokenOptions<Request>,
) {
  const guard = requireToken(options)
  return async <Reply extends FastifyReply>(
    request: Request,
    reply: Reply,
  ): Promise<Reply | undefined> => {
    const { claims, refusal } = await guard(request.headers.authorization, request)
    if (refusal === undefined) {
      request.token = claims
      return undefined
    }
    reply.code(refusal.status)
    reply.headers({ ...refusal.headers })
    reply.send(refusal.body)
    return reply
  }
}
