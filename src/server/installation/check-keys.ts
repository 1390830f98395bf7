import type { Context } from '../../domain/context.ts'
import {
  endSigningKey,
  knownSigningKeys,
  recordSigningKeys,
} from '../../domain/signing-keys/record.ts'
import type { Keyring } from '../../signing/keyring.ts'
import { isOver, phasesOf } from '../../signing/phases.ts'

interface KeyPlace {
  readonly dir: string
  readonly maxTokenLifetimeSeconds: number
}

/** The kids of keys that the store knows, whether they may still sign or verify or not. */
async function phasesIn(ctx: Context, { maxTokenLifetimeSeconds }: KeyPlace) {
  const now = ctx.now()
  return phasesOf(await knownSigningKeys(ctx), { now, maxTokenLifetimeSeconds }).map(
    ({ key, state }) => ({ key, isOver: isOver(state, now) }),
  )
}

/** The keys that have signed tokens which still live, or may sign, and that are not among these. */
export async function missingKeys(
  ctx: Context,
  place: KeyPlace,
  kids: ReadonlySet<string>,
): Promise<readonly string[]> {
  const phases = await phasesIn(ctx, place)
  return phases.filter((one) => !one.isOver && !kids.has(one.key.kid)).map(({ key }) => key.kid)
}

/** Refuses a keys folder that lacks a key whose tokens are out there. Nothing is made in its place. */
export async function assertKeysThere(
  ctx: Context,
  place: KeyPlace,
  kids: ReadonlySet<string>,
): Promise<void> {
  const missing = await missingKeys(ctx, place, kids)
  if (missing.length === 0) return
  throw new Error(
    `keys.dir (OSTIARY_KEYS_DIR): the folder ${place.dir} lacks ${missing.join(', ')}, which ${missing.length > 1 ? 'are signing keys' : 'is a signing key'} of this installation: tokens that were signed with it would be refused. Put the file back from a backup, or name the folder that the other processes use; what is lost for good is taken out with \`ostiary keys remove <kid>\``,
  )
}

/** Tells the store of keys that are new or changed, and of those that are over and gone. */
export async function recordKeys(ctx: Context, place: KeyPlace, keyring: Keyring): Promise<void> {
  await recordSigningKeys(ctx, keyring.seen)
  const held = new Set(keyring.seen.map(({ kid }) => kid))
  for (const { key, isOver: isDone } of await phasesIn(ctx, place)) {
    if (isDone && !held.has(key.kid)) await endSigningKey(ctx, key)
  }
}
