import type { IncomingMessage, ServerResponse } from 'node:http'
import { Problem, storeAway } from '../domain/problem.ts'
import { takeAbsoluteForm } from '../http/absolute-form.ts'
import { pathAsked, takeAlias } from '../http/aliases.ts'
import { basePathOf, targetBelow } from '../http/base-path.ts'
import { clientAddress } from '../http/client-address.ts'
import { givenClientKey } from '../http/client-key.ts'
import { type Document, serveDocument } from '../http/documents.ts'
import { checkEdge, checkFraming } from '../http/edge.ts'
import { hostsFor } from '../http/issuer.ts'
import type { Handler } from '../http/listener.ts'
import { asProblem } from '../http/problems.ts'
import { requestId } from '../http/request-id.ts'
import type { HealthReport } from '../telemetry/health.ts'
import { aliases } from './aliases.ts'
import type { ClientKeys } from './client-keys.ts'
import { type Dialect, dialectsByPath } from './dialect.ts'
import { discoveryDocuments } from './discovery.ts'
import { answerHealth } from './health.ts'
import { kubermaticDialect } from './kubermatic.ts'
import { miaDialect } from './mia.ts'
import { oauthDialect } from './oauth.ts'
import { asksForHome, homeHandler } from './pages/home.ts'
import { seldom } from './seldom.ts'
import type { Services } from './services.ts'
import { statusListDialect } from './status-lists.ts'

/** Every dialect that is spoken here. */
const dialects = [oauthDialect, statusListDialect, kubermaticDialect, miaDialect] as const
const dialectOf = dialectsByPath<Dialect>(dialects)

/** Who answers what. A rotation of the keys swaps what is behind it. */
export interface Routes {
  readonly issuer: string
  /** The path of the issuer; empty when it has none. */
  readonly base: string
  readonly hosts: ReadonlySet<string>
  /** The document of a path, if it has one. */
  readonly documentOf: (path: string) => Document | undefined
  /** What a browser sees at the root. */
  readonly home: Handler
  readonly dialectOf: (path: string) => Opened | undefined
  readonly checkOpen: ClientKeys['checkOpen']
  readonly onRefusal: (request: IncomingMessage, refused: Refused) => void
}

interface Opened extends Dialect {
  readonly handle: Handler
}

interface Refused {
  readonly path: string
  readonly status: number
  readonly code: string
}

/** Builds the routes, and keeps them in step with the keys. */
export function openRoutes(services: Services, report: () => HealthReport): Routes {
  const { keyring, log, issuer, settings } = services
  let documents = discoveryDocuments(services)
  keyring.onChange(() => {
    documents = discoveryDocuments(services)
    log.info('signing keys changed', { current: keyring.current.kid })
  })
  const opened = dialects.map((dialect) => ({ ...dialect, handle: dialect.open(services) }))
  const hosts = hostsFor(issuer, settings.http.allowedHosts)
  const onMisdirected = seldom(services.now, (fields: { readonly host: string | undefined }) => {
    const setting = 'http.allowedHosts (OSTIARY_HTTP_ALLOWED_HOSTS)'
    log.warn('a request was for a host that is not ours', {
      ...fields,
      expected: [...hosts],
      setting,
    })
  })
  const address = clientAddress(settings.http.trustedProxies)
  return {
    issuer,
    base: basePathOf(issuer),
    hosts,
    documentOf: (path) => documents.get(path)?.(),
    home: homeHandler(issuer, report),
    dialectOf: dialectsByPath(opened),
    checkOpen: services.clientKeys.checkOpen,
    onRefusal: (request, { path, status, code }) => {
      if (code === 'host.misdirected') onMisdirected({ host: request.headers.host?.slice(0, 100) })
      const method = request.method?.slice(0, 20)
      log.info('request refused', {
        requestId: requestId(request),
        address: address(request),
        method,
        path: path.slice(0, 200),
        status,
        code,
      })
    },
  }
}

function pathOf({ url = '' }: IncomingMessage): string {
  const [path = ''] = url.split('?')
  return path
}

/** Who answers a request, and whether a client key is judged before. */
function answererOf(asked: IncomingMessage, { documentOf, home, dialectOf: spoken }: Routes) {
  if (asksForHome(asked)) return { handle: home, clientKeys: 'open' } as const
  const path = pathOf(asked)
  const document = documentOf(path)
  if (document) {
    const handle: Handler = (request, response) => serveDocument(request, response, document)
    return { handle, clientKeys: 'open' } as const
  }
  return spoken(path)
}

function answer(request: IncomingMessage, response: ServerResponse, routes: Routes): void {
  checkEdge(request, routes)
  const answerer = answererOf(request, routes)
  if (!answerer) return
  if (answerer.clientKeys === 'own' || givenClientKey(request) === '') {
    answerer.handle(request, response)
    return
  }
  routes
    .checkOpen(request)
    .then(() => answerer.handle(request, response))
    .catch((error) => refuse(request, response, { error, routes }))
}

/** A refusal at the edge, in the dialect of the path that was asked for. */
function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  { error, routes }: { readonly error: unknown; readonly routes: Routes | undefined },
): void {
  const problem = asProblem(error)
  const path = pathOf(request)
  const dialect = dialectOf(path) ?? miaDialect
  const status = dialect.refuse(response, problem, routes?.issuer ?? '')
  routes?.onRefusal(request, { path, status, code: problem.code })
}

/** Takes the path of the issuer off a target; whether the target lies outside, and is not health's. */
function takeBase(request: IncomingMessage, base = ''): boolean {
  if (base === '') return false
  const below = targetBelow(request.url ?? '', base)
  request.url = below ?? request.url ?? ''
  return below === undefined
}

/** The first reader of every request. `routes` is undefined until the server has started. */
export function dispatcher(routes: () => Routes | undefined, report: () => HealthReport): Handler {
  return (request, response) => {
    takeAbsoluteForm(request)
    const foreign = takeBase(request, routes()?.base)
    takeAlias(request, aliases)
    response.setHeader('X-Request-Id', requestId(request))
    response.setHeader('X-Content-Type-Options', 'nosniff')
    const ready = routes()
    try {
      checkFraming(request)
      if (answerHealth(request, response, report)) return
      if (!ready) throw storeAway()
      if (foreign)
        throw new Problem('route.not_found', { place: pathAsked(request, pathOf(request)) })
      answer(request, response, ready)
    } catch (error) {
      refuse(request, response, { error, routes: ready })
    }
  }
}
