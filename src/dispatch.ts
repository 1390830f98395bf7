import type { IncomingMessage, ServerResponse } from 'node:http'
import { asProblem, errorBody, errorHeaders } from './api/mia/errors.ts'
import { type Problem, storeAway } from './domain/problem.ts'
import { type Document, serveDocument } from './http/documents.ts'
import { checkEdge, checkFraming, type EdgeRules } from './http/edge.ts'
import type { Handler } from './http/listener.ts'
import { requestId } from './http/request-id.ts'
import { paths } from './oauth/provider.ts'
import { unionBody } from './oauth/refusals.ts'
import type { HealthReport } from './telemetry/health.ts'

/** Who answers what. Handlers and documents are asked for at each request: a rotation swaps them. */
export interface Routes {
  readonly edge: EdgeRules
  readonly issuer: string
  readonly documents: () => ReadonlyMap<string, Document>
  readonly oauth: () => Handler
  readonly management: Handler
}

const oauthPaths: ReadonlySet<string> = new Set(Object.values(paths))

function sendJson(response: ServerResponse, status: number, content: object): void {
  const body = Buffer.from(JSON.stringify(content))
  response.setHeader('Content-Type', 'application/json; charset=utf-8')
  response.setHeader('Content-Length', body.length)
  response.writeHead(status).end(body)
}

/** A refusal at the edge, in the dialect of the path that was asked for. */
function refuse(
  response: ServerResponse,
  problem: Problem,
  place: { path: string; issuer: string },
) {
  for (const [name, value] of Object.entries(errorHeaders(problem, place.issuer))) {
    response.setHeader(name, value)
  }
  const error = problem.status === 503 ? 'temporarily_unavailable' : 'invalid_request'
  const isOAuth = oauthPaths.has(place.path)
  const body = isOAuth ? unionBody(problem.status, error, problem.message) : errorBody(problem)
  sendJson(response, problem.status, body)
}

/** Probes use addresses, so health answers whatever the Host says, and before anything is ready. */
function answerHealth(path: string, response: ServerResponse, report: () => HealthReport): boolean {
  if (path !== '/-/healthz' && path !== '/-/ready') return false
  response.setHeader('Cache-Control', 'no-store')
  const health = report()
  if (path === '/-/healthz') sendJson(response, 200, { status: 'ok' })
  else sendJson(response, health.status === 'ready' ? 200 : 503, health)
  return true
}

function route(request: IncomingMessage, response: ServerResponse, routes: Routes): void {
  const [path = ''] = (request.url ?? '').split('?')
  const document = routes.documents().get(path)
  if (document) serveDocument(request, response, document)
  else if (oauthPaths.has(path)) routes.oauth()(request, response)
  else routes.management(request, response)
}

/** The first reader of every request. `routes` is undefined until the server has started. */
export function dispatcher(routes: () => Routes | undefined, report: () => HealthReport): Handler {
  return (request, response) => {
    const [path = ''] = (request.url ?? '').split('?')
    response.setHeader('X-Request-Id', requestId(request))
    response.setHeader('X-Content-Type-Options', 'nosniff')
    const ready = routes()
    const issuer = ready?.issuer ?? ''
    try {
      checkFraming(request)
      if (answerHealth(path, response, report)) return
      if (!ready) throw storeAway()
      checkEdge(request, ready.edge)
      route(request, response, ready)
    } catch (error) {
      refuse(response, asProblem(error), { path, issuer })
    }
  }
}
