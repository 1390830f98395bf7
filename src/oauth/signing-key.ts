import type { KeyObject } from 'node:crypto'
import { ExternalSigningKey } from 'oidc-provider'
import type { TokenKey } from './options.ts'

class RingKey extends ExternalSigningKey {
  readonly #key: TokenKey

  constructor(key: TokenKey) {
    super()
    this.#key = key
  }

  override get kid(): string {
    return this.#key.kid
  }

  override get alg(): string {
    return this.#key.alg
  }

  override keyObject(): KeyObject {
    return this.#key.publicKey
  }

  override async sign(data: Buffer): Promise<Buffer> {
    return await this.#key.sign(data)
  }
}

/** Lets the core sign through the keyring, without ever seeing a private key. */
export function signingKey(key: TokenKey): ExternalSigningKey {
  return new RingKey(key)
}
