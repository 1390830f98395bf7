import type { KeyObject } from 'node:crypto'
import { type JwsAlgorithm, jwsAlgorithms } from './algorithms.ts'
import { KeyFault } from './fault.ts'
import { type PublicJwk, publicJwkOf } from './jwk.ts'
import type { KeyFile } from './key-file.ts'
import { isOver, type PhaseClock, type Phased, phasesOf } from './phases.ts'

/** The key that signs. Its private half stays inside `sign`. */
export interface SigningKey {
  readonly kid: string
  readonly alg: JwsAlgorithm
  readonly publicKey: KeyObject
  readonly publicJwk: PublicJwk
  /** The JWS signature of these bytes (RFC 7515 §5.1); RSA signs in the thread pool. */
  readonly sign: (data: Buffer) => Promise<Buffer> | Buffer
}

/** A public key, and the one algorithm that it verifies. */
export interface VerificationKey {
  readonly alg: JwsAlgorithm
  readonly key: KeyObject
}

/** A key file as a keyring holds it: with its private key unless it has retired. */
export interface HeldKey extends KeyFile {
  readonly signer?: SigningKey
  /** Whether its halves were seen to belong together. */
  readonly isProven?: boolean
}

/** What the server signs with, publishes and accepts at one moment; never changed, only replaced. */
export interface Snapshot {
  readonly current: SigningKey
  /** For the JWKS: the current key, the next ones, and the retired ones that are not over. */
  readonly published: readonly PublicJwk[]
  readonly verification: ReadonlyMap<string, VerificationKey>
}

/** The signer of a key whose private half was opened. */
export function signerOf(key: KeyFile, privateKey: KeyObject): SigningKey {
  const { kid, alg, publicKey } = key
  const scheme = jwsAlgorithms[alg]
  const publicJwk = publicJwkOf(publicKey, key)
  return { kid, alg, publicKey, publicJwk, sign: (data) => scheme.sign(privateKey, data) }
}

const order = { current: 0, next: 1, retired: 2 } as const

function publishedFirst(one: Phased<HeldKey>, other: Phased<HeldKey>): number {
  return order[one.state.phase] - order[other.state.phase]
}

/** Fails with KeyFault when there is no key that can sign. */
export function takeSnapshot(keys: readonly HeldKey[], clock: PhaseClock): Snapshot {
  const live = phasesOf(keys, clock)
    .filter(({ state }) => !isOver(state, clock.now))
    .sort(publishedFirst)
    .map(({ key }) => key)
  const current = live[0]?.signer
  if (current === undefined) throw new KeyFault('the keys folder has no key that can sign')
  return {
    current,
    published: live.map((key) => publicJwkOf(key.publicKey, key)),
    verification: new Map(live.map(({ kid, alg, publicKey: key }) => [kid, { alg, key }])),
  }
}

/** Whether two snapshots sign, publish and accept the same. */
export function isSame(one: Snapshot, other: Snapshot): boolean {
  const text = ({ current, published }: Snapshot) => JSON.stringify([current.kid, published])
  return text(one) === text(other)
}
