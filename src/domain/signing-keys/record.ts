import { eventOf } from '../change.ts'
import type { Context } from '../context.ts'
import { isProblem } from '../problem.ts'
import { type SigningKey, signingKeyId } from './signing-key.ts'

/** A key as the keyring has it. */
export type SeenKey = Pick<SigningKey, 'kid' | 'alg' | 'thumbprint' | 'createdAt' | 'signsFrom'>

/** More keys than anybody keeps: what is beyond is not compared. */
const most = 1000

/** Every signing key that the store knows and that has not ended. */
export async function knownSigningKeys({
  store,
}: Pick<Context, 'store'>): Promise<readonly SigningKey[]> {
  return await store.list('signing_key', { limit: most })
}

type Step = 'signing_key.create' | 'signing_key.update' | 'signing_key.delete'

/** Losing a race is an answer: whoever won has recorded the same, or it is seen the next time. */
async function write(
  ctx: Context,
  action: Step,
  change: { readonly before?: SigningKey; readonly after: SigningKey },
): Promise<void> {
  try {
    const event = eventOf(ctx, 'signing_key', { action, ...change })
    await ctx.store.commit('signing_key', change.after, event)
  } catch (error) {
    if (!isProblem(error, 'record.conflict')) throw error
  }
}

async function record(ctx: Context, seen: SeenKey): Promise<void> {
  const id = signingKeyId(seen.kid)
  const before = await ctx.store.get('signing_key', id)
  const { kid, alg, thumbprint, createdAt, signsFrom } = seen
  const facts = { ...before, id, live: true, kid, alg, thumbprint, createdAt, signsFrom }
  if (!before) return await write(ctx, 'signing_key.create', { after: { ...facts, version: 1 } })
  if (before.live && before.signsFrom === signsFrom) return
  const action = before.live ? 'signing_key.update' : 'signing_key.create'
  await write(ctx, action, { before, after: { ...facts, version: before.version + 1 } })
}

/** Tells the store, and with it the log, of keys that it does not know, or not as they are. */
export async function recordSigningKeys(ctx: Context, seen: readonly SeenKey[]): Promise<void> {
  const known = new Map((await knownSigningKeys(ctx)).map((key) => [key.kid, key]))
  for (const key of seen) {
    if (known.get(key.kid)?.signsFrom !== key.signsFrom) await record(ctx, key)
  }
}

/** The text of a key file, and the key that was the last one when whoever writes this one looked. */
interface KeptWith {
  readonly file: string
  readonly last: string
}

/**
 * Keeps a key in the store: a new one, or one whose file is another now. Fails with `name.taken` when
 * another process made the next key at the same moment, or `record.conflict`.
 */
export async function keepSigningKey(
  ctx: Context,
  seen: SeenKey,
  { file, last }: KeptWith,
): Promise<void> {
  const id = signingKeyId(seen.kid)
  const before = await ctx.store.get('signing_key', id)
  const { kid, alg, thumbprint, createdAt, signsFrom } = seen
  const facts = { ...before, id, live: true, kid, alg, thumbprint, createdAt, signsFrom, file }
  const after = before?.live ? facts : { ...facts, after: last }
  const version = (before?.version ?? 0) + 1
  const action = before?.live ? 'signing_key.update' : 'signing_key.create'
  const change = { ...(before && { before }), after: { ...after, version } }
  const event = eventOf(ctx, 'signing_key', { action, ...change })
  await ctx.store.commit('signing_key', change.after, event)
}

/** The key that signs last of all that are kept in the store; '' for none. */
export async function lastKept(ctx: Context): Promise<string> {
  const kept = (await knownSigningKeys(ctx)).filter(({ file }) => file !== undefined)
  const ordered = kept.sort((a, b) => a.signsFrom - b.signsFrom || (a.kid < b.kid ? -1 : 1))
  return ordered.at(-1)?.kid ?? ''
}

/** The live record of a key, by its name. */
export async function signingKeyOf(
  { store }: Pick<Context, 'store'>,
  kid: string,
): Promise<SigningKey | undefined> {
  const found = await store.get('signing_key', signingKeyId(kid))
  return found?.live ? found : undefined
}

/** Records that a key has ended: it neither signs nor verifies any more. */
export async function endSigningKey(ctx: Context, before: SigningKey): Promise<void> {
  const purgeAfter = ctx.now() + ctx.limits.tombstoneSeconds * 1000
  // A tombstone holds no private half, however well it is encrypted.
  const { file: _, ...rest } = before
  const after = { ...rest, version: before.version + 1, live: false, purgeAfter }
  await write(ctx, 'signing_key.delete', { before, after })
}
