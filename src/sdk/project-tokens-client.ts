import { kinds, oneOf, type Page } from './answers.ts'
import { type Caller, type Change, type ReadOptions, type Tagged, tagged } from './calls.ts'
import type { CursorOptions } from './paging.ts'
import { pathTo } from './paths.ts'
import type {
  IssuedProjectToken,
  NewProjectToken,
  ProjectToken,
  ProjectTokenRegeneration,
  ProjectTokensFilter,
  RegeneratedProjectToken,
  WhichToken,
} from './project-tokens.ts'
import { pagesOf } from './reading.ts'
import type { CallOptions } from './waiting.ts'

/** The tokens that live long of accounts of every level. */
export interface ProjectTokens {
  readonly list: (
    clientId: string,
    filter?: ProjectTokensFilter & CursorOptions & ReadOptions,
  ) => Promise<Page<ProjectToken>>
  readonly create: (
    clientId: string,
    input: NewProjectToken,
    options?: CallOptions,
  ) => Promise<IssuedProjectToken>
  readonly read: (which: WhichToken, options?: ReadOptions) => Promise<Tagged<ProjectToken>>
  readonly rename: Change<[which: WhichToken, name: string], Tagged<ProjectToken>>
  readonly regenerate: Change<
    [which: WhichToken, input: ProjectTokenRegeneration],
    RegeneratedProjectToken
  >
  readonly delete: Change<[which: WhichToken], void>
}

/** The calls about tokens. */
export function projectTokensOf(call: Caller): ProjectTokens {
  const root = '/api/service-accounts'
  const all = (clientId: string) => pathTo(root, clientId, 'tokens')
  const one = ({ clientId, id }: WhichToken, ...rest: string[]) =>
    pathTo(root, clientId, 'tokens', id, ...rest)
  return {
    list: async (clientId, filter) =>
      await pagesOf(call, all(clientId), kinds.projectToken)(filter),
    create: async (clientId, body, options) =>
      oneOf(await call('POST', all(clientId), { ...options, body }), kinds.issuedToken),
    read: async (which, options) =>
      tagged(await call('GET', one(which), options), kinds.projectToken),
    rename: async (which, name, options) => {
      const given = { ...options, body: { name } }
      return tagged(await call('PATCH', one(which), given), kinds.projectToken)
    },
    regenerate: async (which, body, options) => {
      const path = one(which, 'regenerate')
      return oneOf(await call('POST', path, { ...options, body }), kinds.regeneratedToken)
    },
    delete: async (which, options) => {
      await call('DELETE', one(which), options)
    },
  }
}
