import { type Command, Option } from 'commander'
import type {
  CompaniesFilter,
  CompanyAccountsFilter,
  CompanyUsersFilter,
  GroupsFilter,
  IdentitiesFilter,
  ListFilter,
  ProjectTokensFilter,
} from '../sdk/index.ts'

interface Flag {
  readonly about: string
  /** What its text is; nothing where the flag alone says it. */
  readonly value?: string
  /** The words that its value is one of. */
  readonly words?: Readonly<Record<string, true>>
}

/** How a filter is given: by a text, by one of its words, of which none is left out, or by the flag alone. */
type FlagFor<T> = string extends T
  ? Flag & { readonly value: string }
  : [T] extends [string]
    ? Flag & { readonly words: Readonly<Record<T, true>> }
    : Flag

/** A flag for each filter of a list, by the name that the SDK has for it. */
type FlagsFor<F extends ListFilter> = {
  readonly [K in Exclude<keyof F, keyof ListFilter>]-?: FlagFor<Exclude<F[K], undefined>>
}

/** What each list is narrowed by. */
interface Filters {
  readonly accounts: CompanyAccountsFilter
  readonly companies: CompaniesFilter
  readonly groups: GroupsFilter
  /** But for those whose flags have a shorter name. */
  readonly identities: Omit<IdentitiesFilter, 'identityType' | 'projectIds'>
  readonly tokens: ProjectTokensFilter
  /** Of a company, and of the whole installation. */
  readonly users: CompanyUsersFilter
}

const ofAccounts = {
  state: {
    about: 'only those',
    words: { enabled: true, disabled: true, draft: true, TRASH: true, DELETED: true },
  },
  method: {
    about: 'only those that log in so',
    words: { client_secret_basic: true, private_key_jwt: true },
  },
} as const

/** The flags that narrow each list. */
export const filterFlags = {
  accounts: {
    state: ofAccounts.state,
    role: {
      about: 'only those to which this role on the company is given themselves',
      value: 'role',
    },
    method: ofAccounts.method,
    rotating: { about: 'only those of which a former secret is still good' },
    expiresBefore: {
      about: 'only those whose next credential ends before (RFC 3339)',
      value: 'time',
    },
    unusedSince: { about: 'only those that were not used since (RFC 3339)', value: 'time' },
  },
  companies: { state: { about: 'only those', words: { enabled: true, disabled: true } } },
  groups: { role: { about: 'only those with this role on the company', value: 'role' } },
  identities: {
    role: {
      about: 'only those with this role on the company, by a group too',
      value: 'role',
    },
    state: {
      about: 'only accounts and people in this state',
      words: { invited: true, ...ofAccounts.state.words },
    },
    method: { about: 'only accounts that log in so', words: ofAccounts.method.words },
  },
  tokens: {
    state: { about: 'only those', words: { active: true, expired: true, invalidated: true } },
  },
  users: {
    state: { about: 'only those', words: { invited: true, enabled: true, disabled: true } },
    role: {
      about: 'of a company: only those who were given this role on it',
      value: 'role',
    },
    unusedSince: { about: 'only those who did not sign in since (RFC 3339)', value: 'time' },
  },
} as const satisfies { readonly [L in keyof Filters]: FlagsFor<Filters[L]> }

type Flags = Readonly<Record<string, Flag>>

function optionOf(name: string, { about, value, words }: Flag): Option {
  const long = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
  const takes = words === undefined ? value : name
  const option = new Option(takes === undefined ? long : `${long} <${takes}>`, about)
  return words === undefined ? option : option.choices(Object.keys(words))
}

/** Lets a verb narrow its list by these flags. */
export function withFilters(command: Command, flags: Flags): Command {
  for (const [name, flag] of Object.entries(flags)) command.addOption(optionOf(name, flag))
  return command
}

/** Of all that a verb was given: what narrows its list, and sorts it. */
export function filterOf<F extends ListFilter, K extends string & keyof F>(
  given: F,
  flags: Readonly<Record<K, Flag>>,
): ListFilter & { readonly [N in K]?: F[N] } {
  const { sort, search }: ListFilter = given
  const narrowing: { [N in K]?: F[N] } = {}
  for (const name in flags) narrowing[name] = given[name]
  return { sort, search, ...narrowing }
}
