import { describeHeaders, headersOfFailure, onEveryAnswer } from '../http/headers.ts'
import { jsonContent, type Part, type Paths, plainSchema, schemaRef } from '../http/openapi.ts'
import { Type } from '../schema/type.ts'
import { paths } from './provider.ts'
import { errorsByStatus, type OAuthError } from './refusals.ts'

const text = (description: string) => Type.Optional(Type.String({ description }))

const login = {
  client_assertion_type: Type.Optional(
    Type.Literal('urn:ietf:params:oauth:client-assertion-type:jwt-bearer'),
  ),
  client_assertion: text('a JWT that the key of the account signed (RFC 7523), in place of Basic'),
}

const TokenForm = Type.Object({
  grant_type: Type.Literal('client_credentials'),
  scope: text('the permissions that are wanted, separated by blanks; absent: all that are held'),
  audience: text('whom the token is for'),
  resource: text('whom the token is for, as an absolute URI (RFC 8707)'),
  ...login,
})

const AboutToken = Type.Object({
  token: Type.String(),
  token_type_hint: text('is not needed: there is one type'),
  ...login,
})

const IssuedToken = Type.Object({
  access_token: Type.String({ description: 'a JWT (RFC 9068)' }),
  token_type: Type.Literal('Bearer'),
  expires_in: Type.Integer({ description: 'seconds' }),
  scope: Type.Optional(Type.String()),
})

const Introspection = Type.Object({
  active: Type.Boolean({ description: 'whether it stands; when it does, its claims are beside' }),
})

const ErrorBody = Type.Object({
  error: Type.String({ description: 'RFC 6749 §5.2' }),
  error_description: Type.String(),
  statusCode: Type.Integer(),
  message: Type.String({ description: 'the same as error_description' }),
})

/** The schemas that the description of these endpoints refers to. */
export const oauthSchemas = { OAuthError: plainSchema(ErrorBody) }

const ofTokens: readonly OAuthError[] = [
  'invalid_scope',
  'invalid_target',
  'unsupported_grant_type',
  'unauthorized_client',
]

function refused(isToken: boolean): Part {
  const replies = [...errorsByStatus()].map(([status, errors]) => {
    const some = errors.filter((error) => isToken || !ofTokens.includes(error))
    const description = some.map((error) => `\`${error}\``).join(', ')
    const headers = describeHeaders(headersOfFailure(status))
    return [
      status,
      { description, ...headers, content: jsonContent(schemaRef('OAuthError')) },
    ] as const
  })
  return Object.fromEntries(replies)
}

interface Endpoint {
  readonly operationId: string
  readonly summary: string
  readonly form: object
  readonly ok: Part
}

function endpoint({ operationId, summary, form, ok }: Endpoint): Part {
  const content = jsonContent(plainSchema(form), 'application/x-www-form-urlencoded')
  return {
    post: {
      operationId,
      summary,
      security: [{ basic: [] }, {}],
      requestBody: { required: true, content },
      responses: { 200: ok, ...refused(form === TokenForm) },
    },
  }
}

const answering = (description: string, schema: object): Part => ({
  description,
  ...describeHeaders(onEveryAnswer),
  content: jsonContent(plainSchema(schema)),
})

/** The three endpoints, described. */
export function oauthPaths(): Paths {
  return {
    [paths.token]: endpoint({
      operationId: 'issueToken',
      summary: 'Issue an access token to an account',
      form: TokenForm,
      ok: answering('the token', IssuedToken),
    }),
    [paths.introspection]: endpoint({
      operationId: 'introspectToken',
      summary: 'Tell whether a token stands (RFC 7662)',
      form: AboutToken,
      ok: answering('whether it stands', Introspection),
    }),
    [paths.revocation]: endpoint({
      operationId: 'revokeToken',
      summary: 'End a token of one’s own (RFC 7009)',
      form: AboutToken,
      ok: {
        description: 'it is ended, or there was nothing to end',
        ...describeHeaders(onEveryAnswer),
      },
    }),
  }
}
