import { CompactEncrypt, compactDecrypt } from 'jose'
import type { Secret } from '../domain/secret.ts'

/** Work factor of PBKDF2-HMAC-SHA-256; a file says its own, so a later raise leaves old files readable. */
const iterations = 210_000
const mostIterations = 2_000_000
const keyManagement = 'PBES2-HS256+A128KW'
const contentEncryption = 'A256GCM'

/** Encrypts a private key with a passphrase: a compact JWE (RFC 7516 §7.1, RFC 7518 §4.8). */
export async function encrypt(text: Secret, passphrase: Secret): Promise<string> {
  return await new CompactEncrypt(Buffer.from(text.reveal()))
    .setProtectedHeader({ alg: keyManagement, enc: contentEncryption, cty: 'jwk+json' })
    .setKeyManagementParameters({ p2c: iterations })
    .encrypt(Buffer.from(passphrase.reveal()))
}

/** Opens what `encrypt` made. Throws when the passphrase is another one or the text was changed. */
export async function decrypt(jwe: string, passphrase: Secret): Promise<string> {
  const { plaintext } = await compactDecrypt(jwe, Buffer.from(passphrase.reveal()), {
    keyManagementAlgorithms: [keyManagement],
    contentEncryptionAlgorithms: [contentEncryption],
    maxPBES2Count: mostIterations,
  })
  return Buffer.from(plaintext).toString()
}
