import type { Context } from '../../domain/context.ts'
import { ensureInstallation, writeInstallation } from '../../domain/installation/ensure.ts'
import { installationId } from '../../domain/installation/installation.ts'
import { isProblem } from '../../domain/problem.ts'
import type { Store } from '../../domain/store.ts'
import type { Peppers } from '../peppers.ts'

const looked = 500
const attempts = 20

/** The peppers of some digests: a store of the first release does not say which one is in use. */
async function peppersFound(store: Store): Promise<ReadonlySet<string>> {
  const page = { after: '', limit: looked }
  const accounts = await store.scan('account', page)
  const clientKeys = await store.scan('client_key', page)
  const secrets = accounts
    .flatMap(({ credentials }) => credentials)
    .flatMap((credential) => (credential.kind === 'secret' ? [credential.digest] : []))
  const digests = [...secrets, ...clientKeys.map(({ digest }) => digest)]
  return new Set(digests.map(({ pepper }) => pepper))
}

function misfit(used: string): Error {
  return new Error(
    `secret.pepper (OSTIARY_SECRET_PEPPER, OSTIARY_SECRET_PEPPER_FILE, or the file pepper in data.dir) is not the one that the database was used with (${used}): every secret made with that one would be refused. Put it back; to replace it, let secret.retiredPeppers name it beside the new one`,
  )
}

/** Refuses peppers with which the digests of the store cannot be checked. */
async function assertKnown(store: Store, peppers: Peppers, inUse?: string): Promise<void> {
  const have = new Set(peppers.map(({ id }) => id))
  const used = inUse === undefined ? [...(await peppersFound(store))] : [inUse]
  const [first] = used
  if (first !== undefined && !used.some((id) => have.has(id))) throw misfit(first)
}

/** Fails as a start would, and notes nothing: what is digested with these would be refused. */
export async function assertPeppersFit({ store, peppers }: Context): Promise<void> {
  const known = await store.get('installation', installationId)
  await assertKnown(store, peppers, known?.pepper)
}

/**
 * Compares the peppers of the settings with those that the store was used with, and notes which one
 * makes new digests from now on. Fails with a plain Error that names the setting.
 */
export async function checkPeppers(ctx: Context, peppers: Peppers): Promise<void> {
  const [{ id: pepper }] = peppers
  for (let attempt = 1; ; attempt += 1) {
    const known = await ctx.store.get('installation', installationId)
    await assertKnown(ctx.store, peppers, known?.pepper)
    const installation = known ?? (await ensureInstallation(ctx))
    if (installation.pepper === pepper) return
    try {
      await writeInstallation(ctx, installation, { pepper })
      return
    } catch (error) {
      if (!isProblem(error, 'record.conflict') || attempt === attempts) throw error
    }
  }
}

/**
 * The pepper that other processes digest with, where it is none of ours: whatever they make or renew
 * is refused here. Undefined when all is well.
 */
export async function missingPepper(ctx: Context, peppers: Peppers): Promise<string | undefined> {
  const known = await ctx.store.get('installation', installationId)
  return peppers.some(({ id }) => id === known?.pepper) ? undefined : known?.pepper
}
