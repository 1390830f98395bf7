import type { AccountState } from '../../domain/accounts/states.ts'

/** The states that the console's own engine has for its clients. */
export const engineStates = ['PUBLIC', 'DRAFT', 'TRASH', 'DELETED'] as const

type EngineState = (typeof engineStates)[number]

/** What that engine calls each of ours: it has no word for one that is disabled, and moves it as a draft. */
export const engineState = {
  enabled: 'PUBLIC',
  disabled: 'DRAFT',
  draft: 'DRAFT',
  trash: 'TRASH',
  deleted: 'DELETED',
} as const satisfies Record<AccountState, EngineState>

/** What each of its words is with us. */
export const stateNamed = {
  PUBLIC: 'enabled',
  DRAFT: 'draft',
  TRASH: 'trash',
  DELETED: 'deleted',
} as const satisfies Record<EngineState, AccountState>
