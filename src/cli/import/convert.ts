import type { Command } from 'commander'
import type { Static } from 'typebox'
import { isRootPermission } from '../../domain/access/permissions.ts'
import { type AuthMethod, authMethods } from '../../domain/accounts/account.ts'
import type { Given, GivenAccount } from '../../domain/import/given.ts'
import { Type } from '../../schema/type.ts'
import { type DigestFiles, readDigests, type SecretDigests } from './digests.ts'
import { checkedBy, documentsIn } from './file.ts'

const mostClients = 1_000_000
const engineStates = ['PUBLIC', 'DRAFT', 'TRASH', 'DELETED'] as const

const text = Type.String({ expected: 'a text' })
const textsOrNull = Type.Optional(
  Type.Unsafe<readonly string[] | null>({
    anyOf: [{ type: 'array', items: { type: 'string' } }, { type: 'null' }],
    expected: 'a list of texts, or null',
  }),
)

/** What is read of a client of the console's own engine; whatever else it has is passed over. */
const Client = Type.Object(
  {
    clientId: text,
    name: text,
    permissions: textsOrNull,
    audience: textsOrNull,
    allowedCustomClaims: textsOrNull,
    authMethod: Type.Optional(
      Type.Unsafe<AuthMethod | null>({
        enum: [...authMethods, null],
        expected: `${authMethods.join(', ')} or null`,
      }),
    ),
    publicKey: Type.Optional(
      Type.Unsafe<Readonly<Record<string, unknown>> | null>({
        type: ['object', 'null'],
        expected: 'a JWK, or null',
      }),
    ),
    __STATE__: Type.Optional(
      Type.Unsafe<(typeof engineStates)[number]>({
        enum: engineStates,
        expected: engineStates.join(', '),
      }),
    ),
  },
  { expected: 'a client, as the collection has it' },
)

const Clients = Type.Array(Client, {
  maxItems: mostClients,
  expected: `a list of at most ${mostClients} clients`,
})

const some = <T>(list: readonly T[] | null | undefined) => list && list.length > 0

/** What is known beside the clients themselves. */
interface Beside {
  readonly companyId: string | undefined
  readonly digests: SecretDigests['byClientId']
  readonly knownOnly: boolean
}

/** How it logs in: a client with a key pair has no secret beside it. */
function loginOf(
  { clientId, authMethod, publicKey }: Static<typeof Client>,
  digests: SecretDigests['byClientId'],
): Pick<GivenAccount, 'authMethod' | 'publicKey' | 'secretDigest'> {
  const hasKey = publicKey && Object.keys(publicKey).length > 0
  const method = authMethod ?? (hasKey ? 'private_key_jwt' : 'client_secret_basic')
  const secretDigest = method === 'client_secret_basic' ? digests.get(clientId) : undefined
  return {
    authMethod: method,
    ...(hasKey && { publicKey }),
    ...(secretDigest !== undefined && { secretDigest }),
  }
}

function accountOf(client: Static<typeof Client>, beside: Beside): GivenAccount {
  const { clientId, name, permissions: had, audience, allowedCustomClaims } = client
  const { companyId, digests, knownOnly } = beside
  // Only accounts of root have permissions of their own: whoever had any belongs to no company.
  const isOfCompany = companyId !== undefined && !some(had)
  const permissions = knownOnly ? had?.filter(isRootPermission) : had
  return {
    clientId,
    name,
    ...(isOfCompany && { companyId }),
    ...(permissions && some(permissions) && { permissions }),
    ...loginOf(client, digests),
    ...(audience && some(audience) && { audience }),
    ...(allowedCustomClaims && some(allowedCustomClaims) && { allowedCustomClaims }),
    state: client.__STATE__ ?? 'PUBLIC',
  }
}

/** What an export of clients is turned into, and by what else. */
export interface Conversion {
  readonly clients: string
  readonly companyId: string | undefined
  /** Whether permissions that are unknown here are left out; else the import refuses who has one. */
  readonly knownOnly: boolean
  /** Where their secrets are, if they shall come along. */
  readonly secrets: DigestFiles | undefined
}

/** What an import reads, and what else there is to tell of it. */
export interface Converted {
  readonly given: Given
  /** How many digests were of none of its accounts. */
  readonly ofNobody: number
  /** The permissions that were left out, by how many clients had each. */
  readonly leftOut: ReadonlyMap<string, number>
}

function unknownOf(clients: Static<typeof Clients>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  const unknown = clients.flatMap(({ permissions }) =>
    [...new Set(permissions ?? [])].filter((one) => !isRootPermission(one)),
  )
  for (const one of unknown) counts.set(one, (counts.get(one) ?? 0) + 1)
  return counts
}

const noDigests: SecretDigests = { byClientId: new Map(), ofNobody: 0 }

/** What an import reads, made of exports of the engine's collections. Fails naming what is wrong. */
export function convertClients(
  command: Command,
  { clients: file, companyId, knownOnly, secrets }: Conversion,
): Converted {
  const clients = checkedBy<Static<typeof Clients>>(
    { ...Clients },
    file,
    documentsIn(command, file),
  )
  const ids = new Set(clients.map(({ clientId }) => clientId))
  const { byClientId: digests, ofNobody } = secrets ? readDigests(command, secrets, ids) : noDigests
  const accounts = clients.map((client) => accountOf(client, { companyId, digests, knownOnly }))
  const leftOut = knownOnly ? unknownOf(clients) : new Map<string, number>()
  return { given: { companies: [], accounts }, ofNobody, leftOut }
}
