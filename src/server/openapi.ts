import { kubermaticPaths, kubermaticSchemas } from '../api/kubermatic/openapi.ts'
import { miaFailing, miaPaths, miaSchemas } from '../api/mia/openapi.ts'
import { describeHeaders, onEveryAnswer } from '../http/headers.ts'
import { anywhere, failures, jsonContent, type Part, type Paths } from '../http/openapi.ts'
import { oauthPaths, oauthSchemas } from '../oauth/openapi.ts'
import { aliasesOf } from './aliases.ts'
import { healthPaths } from './health.ts'
import { statusListPath } from './mint.ts'
import { packageVersion } from './version.ts'

/** Where a document is served, and what it is. */
export interface Place {
  readonly path: string
  readonly name: string
  readonly summary: string
  readonly type: string
}

/** Where this description is served. */
export const openapiPlace: Place = {
  path: '/api/openapi.json',
  name: 'describeApi',
  summary: 'This description',
  type: 'application/json',
}

const anything = { type: 'object' }
const pageOfHtml = { type: 'string', description: 'a page of HTML' }
const documentHeaders = describeHeaders({ ...onEveryAnswer, ETag: 'always' })

function documentPaths(places: readonly Place[]): Paths {
  const entries = places.map(({ path, name, summary, type }) => {
    const get = {
      operationId: name,
      summary,
      security: [],
      responses: {
        200: {
          description: 'the document',
          ...documentHeaders,
          content: jsonContent(type === 'text/html' ? pageOfHtml : anything, type),
        },
        304: { description: 'it is as If-None-Match has it', ...documentHeaders },
        ...failures([...anywhere, 'client_key.refused', 'method.not_allowed'], miaFailing),
      },
    }
    return [path, { get }] as const
  })
  return Object.fromEntries(entries)
}

/** The states of tokens, as who verifies them by themselves reads them. */
function statusListPaths(): Paths {
  const headers = describeHeaders({ ...onEveryAnswer, ETag: 'always' })
  const get = {
    operationId: 'readStatusList',
    summary: 'Read a status list: a bit for each token, set when it was revoked',
    description: 'A Status List Token (draft-ietf-oauth-status-list): a signed JWT.',
    security: [],
    parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
    responses: {
      200: {
        description: 'the list',
        ...headers,
        content: jsonContent({ type: 'string' }, 'application/statuslist+jwt'),
      },
      304: { description: 'it is as If-None-Match has it', ...headers },
      ...failures(
        [...anywhere, 'status_list.not_found', 'client_key.refused', 'method.not_allowed'],
        miaFailing,
      ),
    },
  }
  return { [`${statusListPath}/{id}`]: { get } }
}

function probe(operationId: string, summary: string, rest: Part): Part {
  return { get: { operationId, summary, security: [], ...rest } }
}

const forChanges = {
  name: 'for',
  in: 'query',
  description: 'whether changes can be made too',
  schema: { type: 'string', enum: ['changes'] },
}

function probePaths(): Paths {
  const answer = (description: string) => ({
    description,
    ...describeHeaders(onEveryAnswer),
    content: jsonContent(anything),
  })
  return {
    [healthPaths.alive]: probe('readLiveness', 'Whether the process lives', {
      responses: {
        200: answer('it does'),
        ...failures(['request.malformed', 'method.not_allowed'], miaFailing),
      },
    }),
    [healthPaths.ready]: probe('readReadiness', 'Whether it can issue tokens', {
      parameters: [forChanges],
      responses: {
        200: answer('it can; `degraded`: but not all else'),
        503: answer('it cannot, or not what was asked `for`: `checks` tells what is missing'),
        ...failures(['request.invalid', 'request.malformed', 'method.not_allowed'], miaFailing),
      },
    }),
  }
}

/** What a browser sees; nobody else finds anything there. */
function homePaths(): Paths {
  const get = {
    operationId: 'readHome',
    summary: 'The page of this server, for a browser',
    security: [],
    responses: {
      200: {
        description: 'the page, for whoever asks for HTML',
        ...documentHeaders,
        content: jsonContent(pageOfHtml, 'text/html'),
      },
      304: { description: 'it is as If-None-Match has it', ...documentHeaders },
      ...failures([...anywhere, 'route.not_found', 'client_key.refused'], miaFailing),
    },
  }
  return { '/': { get } }
}

/** RFC 6901 §6: a pointer in a fragment. */
function pointerTo(path: string): string {
  return encodeURI(`#/paths/${path.replaceAll('~', '~0').replaceAll('/', '~1')}`)
}

/** The paths that stand for others: of those that are described, none is left out. */
function aliasPaths(described: Paths): Paths {
  const stands = aliasesOf(Object.keys(described))
  return Object.fromEntries(stands.map(([given, path]) => [given, { $ref: pointerTo(path) }]))
}

const securitySchemes = {
  bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
  clientKey: {
    type: 'apiKey',
    in: 'header',
    name: 'Client-key',
    description: 'the key of the calling application',
  },
  basic: { type: 'http', scheme: 'basic', description: 'client id and secret' },
}

/** The description of every route of this server (OpenAPI 3.1). */
export function openapi(issuer: string, documents: readonly Place[]): Part {
  const paths = {
    ...oauthPaths(),
    ...miaPaths(),
    ...kubermaticPaths(),
    ...documentPaths([...documents, openapiPlace]),
    ...statusListPaths(),
    ...probePaths(),
    ...homePaths(),
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Ostiary',
      summary: 'An OAuth 2 client-credentials authorization server for machine identities',
      version: packageVersion(),
    },
    servers: [{ url: issuer }],
    paths: { ...paths, ...aliasPaths(paths) },
    components: {
      securitySchemes,
      schemas: { ...miaSchemas, ...kubermaticSchemas, ...oauthSchemas },
    },
  }
}
