/** Whether an account may log in: only `enabled` lets it. */
export const accountStates = ['enabled', 'disabled', 'draft', 'trash', 'deleted'] as const

/** One of the states of an account. */
export type AccountState = (typeof accountStates)[number]

/**
 * The moves of the console's own engine, state by state. A disabled account, which that engine does
 * not know, moves as a draft does: neither may log in, and both may be let in again.
 */
export const movesFrom: Readonly<Record<AccountState, readonly AccountState[]>> = {
  enabled: ['draft', 'trash'],
  disabled: ['enabled', 'trash'],
  draft: ['enabled', 'trash'],
  trash: ['draft', 'deleted'],
  deleted: ['trash'],
}
