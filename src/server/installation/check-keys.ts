import { resolve } from 'node:path'
import type { Settings } from '../../config/schema.ts'
import type { Context } from '../../domain/context.ts'
import { installationId } from '../../domain/installation/installation.ts'
import {
  endSigningKey,
  knownSigningKeys,
  recordSigningKeys,
} from '../../domain/signing-keys/record.ts'
import { tokenKinds } from '../../domain/tokens/kinds.ts'
import type { Keyring } from '../../signing/keyring.ts'
import { foreignKeys } from '../../signing/mark.ts'
import { isOver, phasesOf } from '../../signing/phases.ts'
import type { KeyPlace } from '../../signing/place.ts'

/** The kids of keys that the store knows, whether they may still sign or verify or not. */
async function phasesIn(ctx: Context, { tokens }: Settings) {
  const maxTokenLifetimeSeconds = tokenKinds.access.life(tokens)
  const now = ctx.now()
  const neededUntil = ctx.known.lastTokenEndOf
  const clock = { now, maxTokenLifetimeSeconds, neededUntil }
  return phasesOf(await knownSigningKeys(ctx), clock).map(({ key, state }) => ({
    key,
    isOver: isOver(state, now),
  }))
}

/** The keys that have signed tokens which still live, or may sign, and that are not among these. */
export async function missingKeys(
  ctx: Context,
  settings: Settings,
  kids: ReadonlySet<string>,
): Promise<readonly string[]> {
  const phases = await phasesIn(ctx, settings)
  return phases.filter((one) => !one.isOver && !kids.has(one.key.kid)).map(({ key }) => key.kid)
}

function nameOf({ keys }: Settings): string {
  if (keys.store === 'database') return 'keys.store (OSTIARY_KEYS_STORE): the database'
  return `keys.dir (OSTIARY_KEYS_DIR): the folder ${resolve(keys.dir)}`
}

/** Refuses a keys folder that lacks a key whose tokens are out there. Nothing is made in its place. */
export async function assertKeysThere(
  ctx: Context,
  settings: Settings,
  kids: ReadonlySet<string>,
): Promise<void> {
  const missing = await missingKeys(ctx, settings, kids)
  if (missing.length === 0) return
  throw new Error(
    `${nameOf(settings)} lacks ${missing.join(', ')}, which ${missing.length > 1 ? 'are signing keys' : 'is a signing key'} of this installation: tokens that were signed with it would be refused. Put it back from a backup, or name the folder (or keys.store) that the other processes use; what is lost for good is taken out with \`ostiary keys remove <kid>\``,
  )
}

/** Refuses keys of another installation beside ours: they would be published, and trusted, as ours. */
export async function assertKeysOwn(ctx: Context, place: KeyPlace): Promise<void> {
  const installation = await ctx.store.get('installation', installationId)
  if (!installation) return
  const foreign = await foreignKeys(place, installation.mark)
  if (foreign.length === 0) return
  throw new Error(
    `${foreign.join(', ')}: of another installation. Move what is not ours away; a key that shall sign here comes in with \`ostiary keys import\``,
  )
}

/** Tells the store of keys that are new or changed, and of those that are over and gone. */
export async function recordKeys(
  ctx: Context,
  settings: Settings,
  keyring: Keyring,
): Promise<void> {
  // Where they are records themselves, nothing is to be told.
  if (settings.keys.store === 'folder') await recordSigningKeys(ctx, keyring.seen)
  const held = new Set(keyring.seen.map(({ kid }) => kid))
  for (const { key, isOver: isDone } of await phasesIn(ctx, settings)) {
    if (isDone && !held.has(key.kid)) await endSigningKey(ctx, key)
  }
}
