import type { Static } from 'typebox'
import { Type } from '../schema/type.ts'
import { flag, form, oneOf, secret, section, text, texts, whole } from './members.ts'

const unreserved = form(
  '^([A-Za-z0-9._~-]{0,128})$',
  'at most 128 characters of A-Z a-z 0-9 - . _ ~',
)
const unreservedSecret = form(
  '^$|^[A-Za-z0-9._~-]{20,256}$',
  'nothing, or 20 to 256 characters of A-Z a-z 0-9 - . _ ~',
)
const unreservedKey = form(
  '^$|^[A-Za-z0-9._~-]{8,256}$',
  'nothing, or 8 to 256 characters of A-Z a-z 0-9 - . _ ~',
)
const slug = form(
  '^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$',
  '1 to 40 characters of a-z 0-9 -, none of them - at its ends',
)
const hostHeader = form(
  '^([A-Za-z0-9._-]+|\\[[0-9a-fA-F:.]+\\])(:[0-9]{1,5})?$',
  'a name or an address, with a port where it is not the default one',
)
const network = form(
  '^[0-9a-fA-F.:]+(/[0-9]{1,3})?$',
  'an address, or a network such as 10.0.0.0/8',
)
const storeUri = form(
  '^$|^sqlite:.+|^mongodb(\\+srv)?://.+',
  'nothing, or sqlite:<path>, mongodb://… or mongodb+srv://…',
)

const http = section({
  host: Type.String({ minLength: 1, maxLength: 255, description: 'address to listen on' }),
  port: whole(0, 65535, 'port to listen on; 0 takes a free one'),
  allowedHosts: Type.Array(Type.String(hostHeader), {
    maxItems: 100,
    description: 'Host headers accepted besides the issuer’s, as host:port',
  }),
  trustedProxies: Type.Array(Type.String(network), {
    maxItems: 100,
    description:
      'addresses or networks that are passed over in X-Forwarded-For, from its end: the next one is who calls',
  }),
  allowInsecureIssuer: flag('allow an http issuer that is not on the loopback interface'),
  headersTimeoutSeconds: whole(1, 60, 'how long the headers of a request may take'),
  requestTimeoutSeconds: whole(1, 300, 'how long a whole request may take'),
  maxConnections: whole(1, 1_000_000, 'connections kept open at once'),
  drainSeconds: whole(0, 300, 'how long requests may take to finish after SIGTERM'),
})

const oauth = section({
  profile: oneOf(['standard', 'fapi'], 'fapi: the strict rules of FAPI 2.0 for client assertions'),
  defaultResource: text('audience of tokens for which none was asked; empty: the issuer'),
  requireAudience: flag('refuse token requests that name no audience'),
  throttleFailures: whole(0, 10_000, 'refused logins of one client and address before 429; 0: off'),
  assertions: section({
    audiences: texts('audiences accepted in client assertions besides the issuer'),
    maxLifetimeSeconds: whole(10, 86_400, 'longest accepted lifetime of a client assertion'),
    clockToleranceSeconds: whole(0, 60, 'accepted difference between clocks'),
    refusalStatus: Type.Unsafe<401 | 403>({
      type: 'integer',
      enum: [401, 403],
      description: 'status of a refused assertion',
    }),
  }),
  jwksUri: section({
    allowPrivateAddresses: flag('let jwks_uri lead to loopback, link-local and private addresses'),
    timeoutSeconds: whole(1, 5, 'how long fetching a jwks_uri may take'),
  }),
})

const claim = (description: string) =>
  Type.Optional(Type.String({ minLength: 1, maxLength: 128, description }))

/** Who signs the tokens of people: one of `people.issuers`. */
const PersonIssuer = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 128 }),
    issuer: Type.String({ minLength: 1, maxLength: 2048 }),
    audience: Type.String({ minLength: 1, maxLength: 512 }),
    personClaim: claim('names the person for good'),
    nameClaim: claim('what the person is called'),
    emailClaim: claim('the mail address'),
    groupsClaim: claim('the groups of the person'),
    clientId: claim('this server at the issuer, for sign-in in a browser'),
    clientSecretFile: Type.Optional(Type.String({ minLength: 1, maxLength: 4096 })),
    allowInsecure: Type.Optional(Type.Boolean()),
  },
  {
    additionalProperties: false,
    expected:
      '{name, issuer, audience, personClaim?, nameClaim?, emailClaim?, groupsClaim?, clientId?, clientSecretFile?, allowInsecure?}',
  },
)

const people = section({
  issuers: Type.Array(PersonIssuer, {
    maxItems: 100,
    description: 'who signs the tokens of people',
  }),
  allowPrivateAddresses: flag(
    'let issuers of people, and their keys, be at loopback, link-local and private addresses',
  ),
  timeoutSeconds: whole(1, 5, 'how long reading the metadata or the keys of an issuer may take'),
})

const signingAlgorithms = [
  'RS256',
  'RS256-3072',
  'RS256-4096',
  'PS256',
  'PS256-3072',
  'PS256-4096',
  'ES256',
  'EdDSA',
] as const

/** Every setting: shape, bounds and meaning. Defaults are in config/default.yaml. */
export const Settings = section({
  issuer: Type.String({
    maxLength: 4096,
    expected: 'nothing, or scheme, host, port and path such as https://auth.example',
    description: 'what the server is called (RFC 8414 §2); empty: http://<http.host>:<http.port>',
  }),
  http,
  data: section({
    dir: Type.String({ minLength: 1, description: 'folder of the embedded store' }),
  }),
  keys: section({
    store: oneOf(['folder', 'database'], 'where the signing keys are kept'),
    dir: Type.String({ minLength: 1, description: 'folder of the signing keys' }),
    passphrase: secret('encrypts the signing keys at rest, and opens imported ones'),
    passphraseFile: text('file that holds the passphrase'),
  }),
  storage: section({
    uri: Type.String({
      ...storeUri,
      secret: true,
      description: 'the store that keeps everything; empty: sqlite:<data.dir>/ostiary.db',
    }),
    uriFile: text('file that holds the URI, which may have a password in it'),
    timeoutSeconds: whole(1, 5, 'how long one answer of the store may take'),
    startTimeoutSeconds: whole(0, 600, 'how long to wait at start for a store that is away'),
    maxStalenessSeconds: whole(1, 3600, 'how long logins go on while the store is away'),
  }),
  signing: section({
    alg: oneOf(signingAlgorithms, 'algorithm of keys that are made from now on'),
    publishSeconds: whole(0, 2_592_000, 'how long a key is published before it signs'),
  }),
  secret: section({
    pepper: Type.String({
      maxLength: 4096,
      secret: true,
      expected: 'nothing, or 32 to 4096 characters',
      description: 'key of the digests of client secrets; needed for MongoDB',
    }),
    pepperFile: text('file that holds the pepper'),
    retiredPeppers: Type.Array(Type.String({ minLength: 32 }), {
      maxItems: 5,
      secret: true,
      description: 'other peppers, whose digests are accepted too',
    }),
    retiredPeppersFile: text('file that holds the former peppers, one on a line'),
  }),
  tokens: section({
    accessSeconds: whole(10, 86_400, 'lifetime of access tokens'),
    projectMaxSeconds: whole(1, 315_576_000, 'how long a token may live that an account keeps'),
    statusSeconds: whole(
      86_400,
      315_576_000,
      'tokens that live longer have a place in a status list',
    ),
    statusListSeconds: whole(1, 86_400, 'how long a copy of a status list is good'),
    type: oneOf(['at+jwt', 'JWT'], 'the typ header of access tokens'),
    scopeClaim: oneOf(
      ['requested', 'always'],
      'when a token names its permissions as scope, too: if scope was asked for, or always',
    ),
  }),
  oauth,
  people,
  api: section({
    requireClientKey: flag('demand a known Client-key on /api/service-accounts'),
    publicClientKeys: texts('values of Client-key that are tolerated and open nothing'),
  }),
  credentials: section({
    maxLive: whole(1, 100, 'live credentials that an account may have'),
    maxOverlapSeconds: whole(0, 31_536_000, 'longest time a rotation keeps the former secret'),
  }),
  accounts: section({
    tombstoneSeconds: whole(
      60,
      31_536_000,
      'how long the record of a deleted account is kept, without its credentials',
    ),
  }),
  kubermatic: section({
    company: Type.String({
      ...slug,
      description:
        'slug of the company of projects that are made under /api/v1/projects by those who have none; made on first use',
    }),
    projectCreation: oneOf(
      ['everyone', 'owners'],
      'who makes projects there: everybody who signed in, or only who owns the company',
    ),
    serviceAccountManagement: oneOf(
      ['managers', 'owners'],
      'who manages service accounts of a project: its managers too, or only its owners',
    ),
  }),
  register: section({
    enabled: flag('let anybody register an account that may do nothing, at POST /register'),
    companyId: Type.String({
      ...unreserved,
      description: 'the company that accounts belong to that registered themselves',
    }),
    draft: flag('let them log in only when somebody has approved them'),
  }),
  bootstrap: section({
    clientId: Type.String({ ...unreserved, description: 'client id of the first account' }),
    clientSecret: Type.String({
      ...unreservedSecret,
      secret: true,
      description: 'secret of the first account',
    }),
    clientSecretFile: text('file that holds the secret of the first account'),
    clientKey: Type.String({
      ...unreservedKey,
      secret: true,
      description: 'the first client key',
    }),
    clientKeyFile: text('file that holds the first client key'),
  }),
  log: section({
    level: oneOf(['error', 'warn', 'info', 'debug'], 'what is logged'),
    format: oneOf(['json', 'text'], 'form of a log line'),
  }),
})

/** Every setting with its value, as the schema describes it. */
export type Settings = Static<typeof Settings>
