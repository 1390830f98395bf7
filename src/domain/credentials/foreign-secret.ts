/**
 * The most that a digest of bcrypt may cost, as a power of two: to check one takes a core a second or
 * two.
 */
export const mostBcryptCost = 14

/**
 * A digest of bcrypt in the one spelling in which it is ever made: salt and digest end in letters
 * whose last bits are zero.
 */
export const bcryptForm =
  '^\\$2[aby]\\$(?:0[4-9]|[12][0-9]|3[01])\\$[./A-Za-z0-9]{21}[.Oeu][./A-Za-z0-9]{30}[.CGKOSWaeimquy26]$'

/** What a digest of bcrypt costs to check, as a power of two. */
export function bcryptCost(digest: string): number {
  return Number(digest.slice(4, 6))
}

const mostBytes = 72

/**
 * Whether bcrypt reads all of a secret. It passes over what follows 72 bytes, or a NUL: without this,
 * whoever knows the beginning would be let in.
 */
export function isReadWhole(secret: string): boolean {
  return Buffer.byteLength(secret) <= mostBytes && !secret.includes('\u0000')
}
