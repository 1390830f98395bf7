import type { Settings } from '../config/schema.ts'
import type { Context } from '../domain/context.ts'
import { type Reserved, reservePlaces } from '../domain/status-lists/reserve.ts'
import type { Mint } from '../domain/tokens/mint.ts'
import type { StatusRef } from '../domain/tokens/token.ts'
import { signCompact } from '../signing/compact.ts'
import type { Keyring } from '../signing/keyring.ts'

/** Where the status lists are. */
export const statusListPath = '/api/status-lists'

/** What a mint is opened with. */
export interface MintParts {
  readonly settings: Settings
  readonly issuer: string
  readonly keyring: Keyring
  readonly ctx: Context
}

function signer(keyring: Keyring): Mint['sign'] {
  return async (claims) => {
    const key = keyring.current
    return { jwt: await signCompact(key, 'JWT', claims), kid: key.kid }
  }
}

/** Gives away places that were reserved, and reserves more when there are none. */
function placeGiver(ctx: Context): () => Promise<StatusRef> {
  let reserved: Reserved = { list: '', indexes: [] }
  let reserving: Promise<void> | undefined
  const reserve = async () => {
    reserved = await reservePlaces(ctx)
  }
  return async () => {
    for (;;) {
      const [index, ...indexes] = reserved.indexes
      if (index !== undefined) {
        reserved = { ...reserved, indexes }
        return { list: reserved.list, index }
      }
      reserving ??= reserve().finally(() => {
        reserving = undefined
      })
      await reserving
    }
  }
}

/** Opens what signs the tokens that live long. */
export function openMint({ settings, issuer, keyring, ctx }: MintParts): Mint {
  const giveAway = placeGiver(ctx)
  return {
    issuer,
    sign: signer(keyring),
    isAccepted: (kid) => keyring.verificationKey(kid) !== undefined,
    place: async (lifeSeconds) => {
      if (lifeSeconds <= settings.tokens.statusSeconds) return undefined
      const ref = await giveAway()
      return { ref, uri: `${issuer}${statusListPath}/${ref.list}` }
    },
  }
}
