import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import type { Secret } from '../domain/secret.ts'
import { type AddOptions, addKey, currentOf, provePassphrase, readPhased } from './add.ts'
import { algorithmsOf, type JwsAlgorithm } from './algorithms.ts'
import { KeyFault } from './fault.ts'
import { kidOf } from './jwk.ts'
import { checkStrength } from './key-file.ts'
import { describeKey, type ListedKey } from './list.ts'

/** What it takes to import a private key. */
export interface ImportOptions extends AddOptions {
  /** PEM text: PKCS#8, also encrypted, PKCS#1 or SEC1. */
  readonly pem: Secret
  /** Opens an encrypted PEM; without it `passphrase` is tried. */
  readonly pemPassphrase?: Secret | undefined
  /** What the key signs with; RS256 for an RSA key that does not say. */
  readonly alg?: JwsAlgorithm | undefined
}

/** What an import came to. */
export interface Imported {
  /** False when the folder already had this key: nothing was changed. */
  readonly made: boolean
  readonly key: ListedKey
}

const name = 'the imported key'

function refuseEncrypted(passphrase: Secret | undefined): never {
  throw new KeyFault(
    passphrase === undefined
      ? `${name} is encrypted: set OSTIARY_KEYS_PASSPHRASE or OSTIARY_KEYS_PASSPHRASE_FILE`
      : `${name} cannot be decrypted: the passphrase is another one, or the file is damaged`,
  )
}

/** Of several, nobody could tell which is meant: OpenSSL would take the first. */
function refuseSeveral(pem: string): void {
  const { length } = pem.match(/-----BEGIN [A-Z ]*PRIVATE KEY-----/g) ?? []
  if (length < 2) return
  throw new KeyFault(
    `${name} is not alone: the file has ${length} private keys; import each from a file of its own`,
  )
}

/** OpenSSL's own messages say little, and its causes could quote the input: neither is passed on. */
function readPem({ pem, pemPassphrase, passphrase: atRest }: ImportOptions): KeyObject {
  const key = pem.reveal()
  if (!key.includes('PRIVATE KEY-----')) {
    throw new KeyFault(
      key.includes('PUBLIC KEY-----') || key.includes('CERTIFICATE-----')
        ? `${name} is a public key: the private key is needed to sign`
        : `${name} is no PEM text with a private key (BEGIN PRIVATE KEY)`,
    )
  }
  refuseSeveral(key)
  const passphrase = pemPassphrase ?? atRest
  try {
    return createPrivateKey({
      key,
      format: 'pem',
      ...(passphrase && { passphrase: passphrase.reveal() }),
    })
  } catch {
    if (key.includes('ENCRYPTED')) refuseEncrypted(passphrase)
    throw new KeyFault(`${name} is damaged: it cannot be read as a private key`)
  }
}

function chooseAlgorithm(key: KeyObject, wanted: JwsAlgorithm | undefined): JwsAlgorithm {
  const [usual] = algorithmsOf(key)
  if (usual === undefined) {
    throw new KeyFault(
      `${name} is of type ${key.asymmetricKeyType}: expected RSA, EC (P-256) or Ed25519`,
    )
  }
  const alg = wanted ?? usual
  checkStrength(key, alg, name)
  return alg
}

/**
 * Imports a private key as the next one (the current one when there is none), under the rule of
 * `rotate`. Fails with KeyFault on public keys, weak ones, other curves and wrong passphrases.
 */
export async function importKey(options: ImportOptions): Promise<Imported> {
  const privateKey = readPem(options)
  const alg = chooseAlgorithm(privateKey, options.alg)
  const kid = kidOf(createPublicKey(privateKey))
  await options.place.make()
  return await options.place.holding(async () => {
    const keys = await readPhased(options)
    const known = keys.find(({ key }) => kidOf(key.publicKey) === kid)
    if (known !== undefined) return { made: false, key: describeKey(options.place, known) }
    await provePassphrase(options, currentOf(keys))
    return { made: true, key: await addKey(options, keys, { privateKey, alg }) }
  })
}
