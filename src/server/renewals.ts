import type { ClientKey } from '../domain/client-keys/client-key.ts'
import type { Context } from '../domain/context.ts'
import { installationId } from '../domain/installation/installation.ts'
import { digestClientKeyAnew, digestSecretAnew } from '../domain/peppers/digest-anew.ts'
import { isProblem } from '../domain/problem.ts'
import { type Digest, digestWith } from '../domain/secret.ts'
import type { Proven } from '../oauth/attempt.ts'
import type { Peppers } from './peppers.ts'

const mostWaiting = 10_000
const mostAtOnce = 200

type Work = (ctx: Context) => Promise<void>

/**
 * Digests that a good login or client key showed to need a retired pepper, or to be of another
 * server, and those that take their place: made here while the secret is at hand, written in the background. No secret is kept.
 */
export class Renewals {
  readonly #peppers: Peppers
  readonly #waiting = new Map<string, Work>()

  constructor(peppers: Peppers) {
    this.#peppers = peppers
  }

  /** Notes a login by secret; nearly always there is nothing to do. */
  addLogin({ account, proof, presented }: Pick<Proven, 'account' | 'proof' | 'presented'>): void {
    if (proof.by !== 'credential' || proof.credential.kind === 'key') return
    if (presented.method !== 'client_secret_basic') return
    const { credential } = proof
    const former = credential.kind === 'secret' ? credential.digest : undefined
    const place = { accountId: account.id, credentialId: credential.id }
    this.#add(credential.id, { former, value: presented.secret }, (digest) => {
      return (ctx) => digestSecretAnew(ctx, place, { former, digest })
    })
  }

  /** Notes that an application named itself. */
  addClientKey({ id, digest }: ClientKey, value: string): void {
    this.#add(id, { former: digest, value }, (renewed) => {
      return (ctx) => digestClientKeyAnew(ctx, id, { former: digest, digest: renewed })
    })
  }

  /** What finds no room is noted again when it is next used. */
  #add(
    id: string,
    { former, value }: { readonly former: Digest | undefined; readonly value: string },
    workOf: (digest: Digest) => Work,
  ): void {
    const [current] = this.#peppers
    if (former?.pepper === current.id) return
    if (this.#waiting.has(id) || this.#waiting.size >= mostWaiting) return
    this.#waiting.set(id, workOf(digestWith(current, value)))
  }

  /**
   * Writes some of what waits. Nothing while another pepper is the one that makes new digests: a
   * process that was not restarted yet would turn back what the others have renewed.
   */
  async write(ctx: Context): Promise<void> {
    if (this.#waiting.size === 0) return
    const installation = await ctx.store.get('installation', installationId)
    if (installation?.pepper !== this.#peppers[0].id) {
      this.#waiting.clear()
      return
    }
    for (const [id, work] of [...this.#waiting].slice(0, mostAtOnce)) {
      await unlessGone(work(ctx))
      this.#waiting.delete(id)
    }
  }
}

/** It was deleted or rotated meanwhile, or changes all the time: the next use brings it again. */
async function unlessGone(work: Promise<void>): Promise<void> {
  try {
    await work
  } catch (error) {
    const isOver = isProblem(
      error,
      'account.not_found',
      'credential.not_found',
      'client_key.not_found',
      'record.conflict',
    )
    if (!isOver) throw error
  }
}
