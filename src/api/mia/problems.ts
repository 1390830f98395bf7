import type { InputRule, KeyFault, MethodRule, ProblemDetails } from '../../domain/problem.ts'
import type { Said, Words } from '../../http/problems.ts'

type Saying = Pick<Said, 'field' | 'message'>

/** `field: message`, as every fault of a request is worded here. */
function about(field: string, message: string): Saying {
  return { field, message: `${field}: ${message}` }
}

const inputRules: {
  readonly [R in InputRule['rule']]: (details: Extract<InputRule, { rule: R }>) => Saying
} = {
  key_is_needed: () =>
    about('publicKey', 'is needed when tokenEndpointAuthMethod is private_key_jwt'),
  one_source_of_keys: () => about('jwksUri', 'is given instead of publicKey, not beside it'),
  key_set_has_no_end: () =>
    about('expiresAt', 'is the end of a secret or publicKey; keys of a jwksUri have none'),
  end_lies_ahead: () => about('expiresAt', 'must be in the future'),
  overlap_is_bounded: ({ mostSeconds }) =>
    about('overlapSeconds', `expected at most ${mostSeconds}`),
}

function inputRule<R extends InputRule['rule']>(
  details: Extract<InputRule, { readonly rule: R }> & { readonly rule: R },
): Saying {
  return inputRules[details.rule](details)
}

const methodRules: { readonly [R in MethodRule]: Saying } = {
  no_keys_beside_secrets: about(
    'publicKey',
    'an account of tokenEndpointAuthMethod client_secret_basic has no keys',
  ),
  key_is_needed: about('publicKey', 'is needed, because this account logs in by private_key_jwt'),
  key_is_not_accepted: about(
    'publicKey',
    'is not accepted, because this account logs in by client_secret_basic',
  ),
  keys_are_published: { message: 'This account publishes its keys at its jwksUri' },
  nothing_to_rotate: {
    message:
      'An account that logs in by key has no secret: add the new public key, then delete the former',
  },
}

function keyFault(details: KeyFault): string {
  switch (details.fault) {
    case 'private':
      return 'publicKey is a private key: send only the public half'
    case 'unreadable':
      return 'publicKey must be a JWK or a PEM public key (BEGIN PUBLIC KEY)'
    case 'no_jwk':
      return 'publicKey is not a valid JWK of type RSA, EC (P-256) or OKP (Ed25519)'
    case 'type':
      return 'publicKey must be of type RSA, EC (P-256) or OKP (Ed25519)'
    case 'use':
      return 'publicKey.use must be sig'
    case 'operations':
      return 'publicKey.key_ops must include verify'
    case 'private_member':
      return `publicKey.${details.member} belongs to a private key: send only the public half`
    case 'algorithm':
      return `publicKey.alg must be ${details.allowed.join(' or ')} for this type of key`
    case 'curve':
      return `publicKey.crv must be ${details.allowed.join(' or ')}`
    case 'kid':
      return `publicKey.kid must be a text of at most ${details.mostCharacters} characters`
    case 'modulus':
      return `publicKey must have ${details.allowed.join(' to ')} bits; this has ${details.bits}`
    case 'exponent':
      return 'publicKey.e must be odd and 3 or more'
  }
}

const unauthenticated: Readonly<Record<ProblemDetails['actor.unauthenticated']['why'], string>> = {
  missing: 'Authorization: expected Bearer and an access token',
  malformed: 'Authorization: expected Bearer and an access token',
  refused: 'The access token is invalid, expired or revoked',
  inactive: 'The account of this token is no longer active',
  wrong_audience: 'The access token is for another audience; ask for one for',
}

function excess({ where, permission, audience }: ProblemDetails['grant.exceeds_own']): Saying {
  const what = permission ?? `the audience ${audience}`
  if (where === 'account') {
    return { message: `This account holds ${what}, which you do not hold yourself` }
  }
  const field = permission === undefined ? 'audiences' : 'permissions'
  return { field, message: `You cannot grant ${what}: you do not hold it yourself` }
}

const wire = (status: number, { said, field }: { said: string; field?: string }): Said =>
  field === undefined ? { status, message: said } : { status, field, message: said }

/** What the console's dialect says of each problem. */
export const miaWords: Words = {
  'request.invalid': (details) =>
    'rule' in details ? { status: 400, ...inputRule(details) } : wire(400, details),
  'request.malformed': (details) =>
    details.field === undefined
      ? wire(400, details)
      : { status: 400, ...about(details.field, details.said) },
  'permission.unknown': ({ unknown }) => ({
    status: 400,
    ...about(
      'permissions',
      `unknown ${unknown.map((name) => JSON.stringify(name)).join(', ')}; docs/api.md lists them all`,
    ),
  }),
  'key.invalid': (details) => ({ status: 400, field: 'publicKey', message: keyFault(details) }),
  'account.method_mismatch': ({ rule }) => ({ status: 400, ...methodRules[rule] }),
  'actor.unauthenticated': ({ why, audience }) => ({
    status: 401,
    message: audience === undefined ? unauthenticated[why] : `${unauthenticated[why]} ${audience}`,
    ...(why === 'missing' && { field: 'Authorization' }),
  }),
  'client_key.refused': () => ({
    status: 401,
    ...about('Client-key', 'expected the key of a known application'),
  }),
  'actor.forbidden': ({ needed }) => ({
    status: 403,
    message: `This needs the permission ${needed.join(' or ')}`,
  }),
  'grant.exceeds_own': (details) => ({ status: 403, ...excess(details) }),
  'account.not_found': () => ({
    status: 404,
    message: 'There is no service account with this client id',
  }),
  'credential.not_found': () => ({
    status: 404,
    message: 'This account has no credential with this id',
  }),
  'route.not_found': ({ place }) => ({ status: 404, message: `There is nothing at ${place}` }),
  'method.not_allowed': ({ expected, got }) => ({
    status: 405,
    message: `method: expected ${expected}, got ${got}`,
  }),
  'name.taken': ({ key }) => ({
    status: 409,
    field: key,
    message: `This ${key} is taken; choose another one`,
  }),
  'key.taken': ({ kid }) => ({
    status: 409,
    ...about('publicKey.kid', `the account has a key ${JSON.stringify(kid)} already`),
  }),
  'credential.limit': ({ most }) => ({
    status: 409,
    message: `An account may have ${most} live credentials; delete one first`,
  }),
  'record.conflict': () => ({
    status: 409,
    message: 'Someone else changed this at the same time; read it again',
  }),
  'version.stale': () => ({
    status: 412,
    ...about('If-Match', 'the account has changed since; read it again'),
  }),
  'request.too_large': ({ limitBytes }) => ({
    status: 413,
    message: `body: expected at most ${limitBytes} bytes`,
  }),
  'media.unsupported': (details) => wire(415, details),
  'host.misdirected': ({ expected }) => ({ status: 421, ...about('Host', `expected ${expected}`) }),
  'server.failed': () => ({
    status: 500,
    message: 'The request failed; the log has the reason under its request id',
  }),
  'store.unavailable': () => ({
    status: 503,
    message: 'The store cannot be reached; try again in a moment',
  }),
  'store.full': () => ({
    status: 503,
    message: 'The disk of the store is full; nothing was written',
  }),
  'store.damaged': ({ what }) => ({
    status: 503,
    message: `The store holds a damaged ${what}; restore it from a backup`,
  }),
}
