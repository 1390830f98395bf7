import type { KeyFault } from './key-fault.ts'

const modulusBits = [2048, 8192] as const
const largestExponent = 2n ** 32n - 1n

/** The number that base64url text holds, as its bytes without zeros before it. */
function significant(text: string): Buffer {
  const bytes = Buffer.from(text, 'base64url')
  const start = bytes.findIndex((byte) => byte !== 0)
  return start === -1 ? Buffer.alloc(0) : bytes.subarray(start)
}

const bitLength = (bytes: Buffer) => bytes.length * 8 - Math.clz32(bytes[0] ?? 0) + 24
const isOdd = (bytes: Buffer) => ((bytes.at(-1) ?? 0) & 1) === 1

/** With the exponent 1 every text is its own signature; a long one costs whoever verifies. */
function isGoodExponent(bytes: Buffer): boolean {
  if (bytes.length === 0 || bytes.length > 8) return false
  const value = BigInt(`0x${bytes.toString('hex')}`)
  return isOdd(bytes) && value >= 3n && value <= largestExponent
}

/** The numbers of a public key, of which only those of RSA have bounds. */
type Numbers =
  | { readonly kty: 'RSA'; readonly n: string; readonly e: string }
  | { readonly kty: 'EC' | 'OKP' }

/**
 * What is wrong with the numbers of an RSA key: others than its owner could sign with it, or to
 * verify costs too much. A key that an older release stored may have it.
 */
export function boundsFault(key: Numbers): KeyFault | undefined {
  if (key.kty !== 'RSA') return undefined
  const modulus = significant(key.n)
  const bits = modulus.length === 0 ? 0 : bitLength(modulus)
  const [fewest, most] = modulusBits
  if (bits < fewest || bits > most) return { fault: 'modulus', bits, allowed: modulusBits }
  if (!isOdd(modulus)) return { fault: 'even_modulus' }
  return isGoodExponent(significant(key.e)) ? undefined : { fault: 'exponent' }
}
