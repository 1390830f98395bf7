import { mostBcryptCost } from '../credentials/foreign-secret.ts'
import type { Problem } from '../problem.ts'

/** Why something cannot be brought in, besides the problems that making it comes to. */
export const importFaults = {
  id_was_used: 'its id was used before, here or for something else, and is not given again',
  company_is_absent: 'its company is not there',
  project_is_absent: 'its project is not there',
  is_of_another_company: 'its id is there, in another company',
  role_is_built_in: 'its id is that of a role which every company has',
  roles_are_of_companies: 'it has roles, but no company; one of root has permissions',
  secret_beside_keys: 'it has a secretDigest, but logs in by a key pair; leave one of them out',
  digest_costs_too_much: `its secretDigest costs more than ${mostBcryptCost} to check; leave it out, and give the account a new secret`,
} as const satisfies Record<string, string>

/** One of these reasons. */
export type ImportFault = keyof typeof importFaults

/** What became of one record to be. */
export type Made =
  /**
   * `none`: nobody can log in as it before it is given a secret; `foreign`: it keeps the one that it
   * had, as another server digested it.
   */
  | { readonly outcome: 'made'; readonly secret?: 'none' | 'foreign' }
  | { readonly outcome: 'there' }
  | { readonly outcome: 'refused'; readonly why: ImportFault | Problem }

/** It was made. */
export const made = { outcome: 'made' } as const satisfies Made

/** It is there already, and stays as it is. */
export const there = { outcome: 'there' } as const satisfies Made

/** It cannot be made. */
export function refused(why: ImportFault | Problem): Made {
  return { outcome: 'refused', why }
}
