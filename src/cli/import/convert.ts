import type { Command } from 'commander'
import { type Static, Type } from 'typebox'
import { type AuthMethod, authMethods } from '../../domain/accounts/account.ts'
import type { Given, GivenAccount } from '../../domain/import/given.ts'
import { boundedText, checkedBy, jsonOf } from './file.ts'

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

/** A list, or a document in each line: the two forms in which collections are exported. */
function documentsOf(file: string, content: string): unknown {
  if (!content.trimStart().startsWith('{')) return jsonOf(file, content)
  const lines = content.split('\n')
  return lines.flatMap((line, place) =>
    line.trim() === '' ? [] : [jsonOf(file, line, `line ${place + 1}`)],
  )
}

const some = <T>(list: readonly T[] | null | undefined) => list && list.length > 0

function accountOf(client: Static<typeof Client>, companyId: string | undefined): GivenAccount {
  const { clientId, name, permissions, audience, allowedCustomClaims, publicKey } = client
  const hasKey = publicKey && Object.keys(publicKey).length > 0
  const method = hasKey ? 'private_key_jwt' : 'client_secret_basic'
  // Only accounts of root have permissions of their own: whoever has any belongs to no company.
  const isOfCompany = companyId !== undefined && !some(permissions)
  return {
    clientId,
    name,
    ...(isOfCompany && { companyId }),
    ...(permissions && some(permissions) && { permissions }),
    authMethod: client.authMethod ?? method,
    ...(hasKey && { publicKey }),
    ...(audience && some(audience) && { audience }),
    ...(allowedCustomClaims && some(allowedCustomClaims) && { allowedCustomClaims }),
    state: client.__STATE__ ?? 'PUBLIC',
  }
}

/** What an import reads, made of an export of the engine's clients. Fails naming what is wrong. */
export function convertClients(command: Command, file: string, companyId?: string): Given {
  const documents = documentsOf(file, boundedText(command, file))
  const clients = checkedBy<Static<typeof Clients>>({ ...Clients }, file, documents)
  return { companies: [], accounts: clients.map((client) => accountOf(client, companyId)) }
}
