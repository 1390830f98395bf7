import { authMethods } from '../../domain/accounts/account.ts'
import { longestClaimName, mostCustomClaims } from '../../domain/accounts/custom-claims.ts'
import { bcryptForm } from '../../domain/credentials/foreign-secret.ts'
import { stateWords } from '../../domain/import/given.ts'
import { Type } from '../../schema/type.ts'

/** More of anything than an installation has: the bound of every list of a file. */
const most = { companies: 20_000, projects: 20_000, environments: 1_000, accounts: 1_000_000 }

const closed = { additionalProperties: false, expected: 'an object' }
const many = <T extends Parameters<typeof Type.Array>[0]>(items: T, maxItems: number) =>
  Type.Array(items, { maxItems, expected: `a list of at most ${maxItems}` })

const id = Type.String({
  // RFC 3986 §5.2.4: no path can name what is called as the dots that lead elsewhere; nor can an object of
  // JavaScript have the last one as a member like any other.
  pattern: '^(?!\\.{1,2}$|__proto__$)[A-Za-z0-9._~-]{1,128}$',
  expected: '1 to 128 characters of A-Z a-z 0-9 - . _ ~, but not one of . .. __proto__',
})
const name = Type.String({
  minLength: 1,
  maxLength: 128,
  pattern: '^(?=.*\\S)[^\\p{Cc}\\p{Cs}]*$',
  expected: 'a text of 1 to 128 characters, without control characters',
})
const description = Type.String({
  maxLength: 1024,
  pattern: '^[^\\p{Cc}\\p{Cs}]*$',
  expected: 'a text of at most 1024 characters, without control characters',
})
const permissions = Type.Array(Type.String({ maxLength: 128, expected: 'a permission' }), {
  maxItems: 100,
  expected: 'a list of at most 100 permissions',
})
const role = Type.String({
  pattern: '^[A-Za-z0-9._~-]{0,128}$',
  expected: 'a role, or nothing',
})
const audience = Type.String({
  minLength: 1,
  maxLength: 512,
  pattern: '^(?!\\*$)[\\x21-\\x7e]+$',
  expected: 'a text of 1 to 512 visible ASCII characters, and not *',
})
const claim = Type.String({
  minLength: 1,
  maxLength: longestClaimName,
  pattern: '^[\\x21-\\x7e]+$',
  expected: `a text of 1 to ${longestClaimName} visible ASCII characters`,
})
const oneOf = <T extends string>(values: readonly T[]) =>
  Type.Unsafe<T>({ enum: values, expected: values.join(', ') })
const publicKey = Type.Unsafe<string | Record<string, unknown>>({
  anyOf: [{ type: 'string', minLength: 1, maxLength: 16_384 }, { type: 'object' }],
  expected: 'a JWK or a PEM public key',
})

const Environment = Type.Object({ envId: id, label: name }, closed)

const Project = Type.Object(
  {
    projectId: id,
    name,
    description: Type.Optional(description),
    environments: many(Environment, most.environments),
  },
  closed,
)

const Company = Type.Object(
  {
    companyId: id,
    name,
    description: Type.Optional(description),
    projects: many(Project, most.projects),
  },
  closed,
)

const Role = Type.Object(
  { roleId: id, companyId: id, name, description: Type.Optional(description), permissions },
  closed,
)

const ProjectRole = Type.Object(
  {
    projectId: id,
    role: Type.Optional(role),
    environmentsRole: Type.Optional(
      many(Type.Object({ envId: id, role }, closed), most.environments),
    ),
  },
  closed,
)

function statesOf(words: typeof stateWords): readonly (keyof typeof stateWords)[] {
  const isWord = (word: string): word is keyof typeof stateWords => Object.hasOwn(words, word)
  return Object.keys(words).filter(isWord)
}

const Account = Type.Object(
  {
    clientId: id,
    name,
    description: Type.Optional(description),
    companyId: Type.Optional(id),
    permissions: Type.Optional(permissions),
    authMethod: oneOf(authMethods),
    publicKey: Type.Optional(publicKey),
    secretDigest: Type.Optional(
      Type.String({
        pattern: bcryptForm,
        expected: 'a bcrypt digest ($2a$, $2b$ or $2y$)',
      }),
    ),
    audience: Type.Optional(
      Type.Array(audience, {
        maxItems: 50,
        uniqueItems: true,
        expected: 'a list of at most 50 different audiences',
      }),
    ),
    allowedCustomClaims: Type.Optional(
      Type.Array(claim, {
        maxItems: mostCustomClaims,
        uniqueItems: true,
        expected: `a list of at most ${mostCustomClaims} different names of claims`,
      }),
    ),
    role: Type.Optional(role),
    projectsRole: Type.Optional(many(ProjectRole, 1_000)),
    state: Type.Optional(oneOf(statesOf(stateWords))),
  },
  closed,
)

/** What a file to be imported holds. */
export const Import = Type.Object(
  {
    companies: many(Company, most.companies),
    roles: Type.Optional(many(Role, most.companies)),
    accounts: many(Account, most.accounts),
  },
  closed,
)
