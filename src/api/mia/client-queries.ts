import type { Static } from 'typebox'
import { companyPlace } from '../../domain/access/places.ts'
import type { AccountsQuery } from '../../domain/accounts/read.ts'
import { accountStates } from '../../domain/accounts/states.ts'
import { invalidParameter } from '../../http/query.ts'
import { Type } from '../../schema/type.ts'
import { accountFilters } from './list-filters.ts'
import { anyRows, closed, listMembers, usualRows, wholeNumber } from './list-queries.ts'
import { accountsAsked } from './queries.ts'
import { engineState, engineStates } from './states.ts'

const someState = `(${engineStates.join('|')})`

/** What the console's own engine calls how its lists are cut, and those of ours that say the same. */
const engineWords = {
  _l: ['per_page'],
  _sk: ['page', 'cursor'],
  _s: ['sort'],
  _st: ['state'],
} as const

/** The query of a list of clients: those of root, or of one company; in our words or in those of the engine. */
export const ClientsQuery = Type.Object(
  {
    ...listMembers,
    ...accountFilters,
    per_page: anyRows,
    companyId: Type.Optional(Type.String({ maxLength: 256, description: 'the id of a company' })),
    _l: anyRows,
    _sk: Type.Optional(
      wholeNumber(0, 1_000_000, { description: 'how many clients to pass over, in place of page' }),
    ),
    _s: listMembers.sort,
    _st: Type.Optional(
      Type.String({
        maxLength: 64,
        pattern: `^${someState}(,${someState})*$`,
        expected: `states, with commas between them: ${engineStates.join(', ')}; all when absent`,
      }),
    ),
  },
  closed,
)

type Given = Static<typeof ClientsQuery>

function assertSaidOnce(query: Given): void {
  for (const word of ['_l', '_sk', '_s', '_st'] as const) {
    const other = engineWords[word].find((one) => query[one] !== undefined)
    if (query[word] === undefined || other === undefined) continue
    throw invalidParameter(word, `says the same as ${other}; leave one of them out`)
  }
}

/** The states of ours that are shown as one of these. */
function statesShownAs(words: string) {
  const shown = words.split(',')
  return accountStates.filter((state) => shown.includes(engineState[state]))
}

/** The same query in our words, but for what only the engine's can say. Fails with `request.invalid`. */
export function inOurWords(query: Given) {
  assertSaidOnce(query)
  const { _l, _s, per_page: rows = _l ?? usualRows, ...rest } = query
  return { ...rest, ...(_s !== undefined && { sort: _s }), per_page: rows }
}

/** Which clients are asked for. Fails with `request.invalid`. */
export function clientsAsked(query: ReturnType<typeof inOurWords>): AccountsQuery {
  const { companyId, _sk: skip, _st, ...given } = query
  const owner = companyId === undefined ? 'root' : companyPlace(companyId)
  const { filter, ...asked } = accountsAsked(given, owner)
  return {
    ...asked,
    ...(skip !== undefined && { from: { skip } }),
    filter: { ...filter, ...(_st !== undefined && { states: statesShownAs(_st) }) },
  }
}
