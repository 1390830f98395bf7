import { ensureKey, type KeyOptions } from './ensure.ts'
import type { PublicJwk } from './jwk.ts'
import { type KeyFile, openPrivateKey, seenKey } from './key-file.ts'
import { isOver, type Phased, phasesOf } from './phases.ts'
import { readKey } from './place.ts'
import {
  type HeldKey,
  isSame,
  type SigningKey,
  type Snapshot,
  signerOf,
  takeSnapshot,
  type VerificationKey,
} from './snapshot.ts'

/** What it takes to open a keyring. */
export interface KeyringOptions extends KeyOptions {
  /** The longest life of a token: for so long a retired key is still accepted and published. */
  readonly maxTokenLifetimeSeconds: number
  readonly neededUntil?: (kid: string) => number
}

interface Holding {
  readonly text: string
  readonly key: HeldKey
}

type Holdings = ReadonlyMap<string, Holding>

async function withSigner(options: KeyringOptions, key: KeyFile): Promise<HeldKey> {
  const file = options.place.whereIs(key.kid)
  const privateKey = await openPrivateKey(key, file, options.passphrase)
  return { ...key, signer: signerOf(key, privateKey), isProven: true }
}

/**
 * A retired key never signs again, but its tokens are accepted: where keys are encrypted, its public
 * half must belong to what the passphrase opens, or anyone who can write a file could add one.
 */
async function openKey(options: KeyringOptions, { key, state }: Phased<HeldKey>): Promise<HeldKey> {
  if (state.phase !== 'retired') return key.signer ? key : await withSigner(options, key)
  if (key.isProven || options.passphrase === undefined || isOver(state, options.now())) return key
  const { signer: _, ...proven } = await withSigner(options, key)
  return proven
}

async function openKeys(options: KeyringOptions, held: Holdings): Promise<Holdings> {
  const { now } = options
  const keys = [...held.values()].map(({ key }) => key)
  const opened = new Map(held)
  for (const phased of phasesOf(keys, { ...options, now: now() })) {
    const holding = held.get(phased.key.kid)
    if (holding) opened.set(phased.key.kid, { ...holding, key: await openKey(options, phased) })
  }
  return opened
}

/** Reads the folder anew; files whose text is as before are neither parsed nor decrypted again. */
async function readHoldings(options: KeyringOptions, before: Holdings): Promise<Holdings> {
  const held = new Map<string, Holding>()
  for (const [kid, text] of await options.place.texts()) {
    const known = before.get(kid)
    const isKnown = known?.text === text
    held.set(kid, isKnown ? known : { text, key: readKey(options.place, kid, text) })
  }
  return await openKeys(options, held)
}

/** The keys of a folder: which one signs now, and which ones are published and accepted. */
export class Keyring {
  readonly #options: KeyringOptions
  readonly #listeners = new Set<() => void>()
  #holdings: Holdings
  #snapshot: Snapshot
  #reloading: Promise<boolean> | undefined
  /** What the log should say about the folder as it was opened. */
  readonly warnings: readonly string[]
  /** Whether opening the folder made its first key. */
  readonly madeFirst: boolean

  private constructor(
    options: KeyringOptions,
    holdings: Holdings,
    ensured: { readonly made: boolean; readonly warnings: readonly string[] },
  ) {
    this.#options = options
    this.#holdings = holdings
    this.#snapshot = this.#take(holdings)
    this.warnings = ensured.warnings
    this.madeFirst = ensured.made
  }

  static async open(options: KeyringOptions): Promise<Keyring> {
    const ensured = await ensureKey(options)
    return new Keyring(options, await readHoldings(options, new Map()), ensured)
  }

  get current(): SigningKey {
    return this.#snapshot.current
  }

  /** The same array until something changes: the current key first, then next, then retired ones. */
  get published(): readonly PublicJwk[] {
    return this.#snapshot.published
  }

  /** All keys of the folder, those that are over included: what may be known of them everywhere. */
  get seen() {
    return [...this.#holdings.values()].map(({ key }) => seenKey(key))
  }

  /** The key that a token names, unless it is unknown or over. */
  verificationKey(kid: string): VerificationKey | undefined {
    return this.#snapshot.verification.get(kid)
  }

  /** Calls the listener after every change, until the returned function is called. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /**
   * Follows the folder and the clock; true when something changed. Fails with KeyFault when the
   * folder is not in order, and then goes on with the keys that it had, each in its time.
   */
  async reload(): Promise<boolean> {
    this.#reloading ??= this.#follow().finally(() => {
      this.#reloading = undefined
    })
    return await this.#reloading
  }

  async #follow(): Promise<boolean> {
    const { holdings, snapshot } = await this.#read()
    this.#holdings = holdings
    return this.#turn(snapshot)
  }

  async #read(): Promise<{ readonly holdings: Holdings; readonly snapshot: Snapshot }> {
    try {
      const holdings = await readHoldings(this.#options, this.#holdings)
      return { holdings, snapshot: this.#take(holdings) }
    } catch (error) {
      this.#turn(this.#take(this.#holdings))
      throw error
    }
  }

  #take(holdings: Holdings): Snapshot {
    const keys = [...holdings.values()].map(({ key }) => key)
    return takeSnapshot(keys, { ...this.#options, now: this.#options.now() })
  }

  #turn(snapshot: Snapshot): boolean {
    if (isSame(snapshot, this.#snapshot)) return false
    this.#snapshot = snapshot
    for (const listener of this.#listeners) listener()
    return true
  }
}

/**
 * Opens the keys folder, making the first key when there is none. Call `reload` every few seconds.
 * Fails with KeyFault, naming the file and the fix.
 */
export async function openKeyring(options: KeyringOptions): Promise<Keyring> {
  return await Keyring.open(options)
}
