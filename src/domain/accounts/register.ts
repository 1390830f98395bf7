import { companyPlace } from '../access/places.ts'
import { pathOf } from '../access/tree.ts'
import { insert } from '../change.ts'
import type { Context } from '../context.ts'
import { Problem } from '../problem.ts'
import { type AccountDetails, type Created, checkNew, newAccount } from './create.ts'

/** What becomes of accounts that register themselves. */
export interface RegistrationTerms {
  /** The company that they belong to. */
  readonly companyId: string
  /** Whether somebody has to approve them before they can log in. */
  readonly isDraft: boolean
}

/**
 * Makes an account for whoever asks: it may do nothing until somebody gives it a role. That anybody
 * may is what the settings say. Fails with `registration.closed` when its company is not there.
 */
export async function registerAccount(
  ctx: Context,
  { companyId, isDraft }: RegistrationTerms,
  { name, authMethod, publicKey }: AccountDetails,
): Promise<Created> {
  const state = isDraft ? 'draft' : 'enabled'
  const input = { name, authMethod, state, ...(publicKey !== undefined && { publicKey }) } as const
  checkNew(input)
  const owner = companyPlace(companyId)
  await ctx.known.catchUp()
  if (!pathOf(ctx.known, owner)) throw new Problem('registration.closed', {})
  const created = newAccount(ctx, input, { owner, permissions: [], bindings: [] })
  await insert(ctx, 'account', { action: 'account.register', record: created.account })
  return created
}
