import { join, resolve } from 'node:path'
import type { Settings } from '../../config/schema.ts'
import { Secret } from '../../domain/secret.ts'
import { createFile } from '../../files/durable.ts'
import { isThere, readText } from '../../files/open-file.ts'
import { codeOf } from '../../files/reason.ts'
import { decrypt, encrypt } from '../../signing/encryption.ts'
import { readTexts } from '../../signing/files.ts'
import { pepperFile, readPepper } from '../peppers.ts'

/** The name of the encrypted file with pepper and signing keys. */
export const secretsFile = 'secrets.jwe'

interface Secrets {
  /** Of the data folder; absent where the settings hold it. */
  readonly pepper?: string
  /** Texts of the key files by kid. */
  readonly keys: Readonly<Record<string, string>>
}

async function ownPepper({ data }: Settings): Promise<string | undefined> {
  try {
    return (await readPepper(resolve(data.dir)))?.reveal()
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

/** Pepper and signing keys, encrypted with a passphrase: a compact JWE (RFC 7516). */
export async function sealSecrets(settings: Settings, passphrase: Secret): Promise<string> {
  const keys = Object.fromEntries(await readTexts(resolve(settings.keys.dir)))
  const pepper = settings.secret.pepper || (await ownPepper(settings))
  const secrets: Secrets = { ...(pepper !== undefined && { pepper }), keys }
  return await encrypt(new Secret(JSON.stringify(secrets)), passphrase)
}

async function unsealed(file: string, passphrase: Secret): Promise<Secrets> {
  try {
    const { pepper, keys } = JSON.parse(await decrypt(await readText(file), passphrase))
    return { ...(typeof pepper === 'string' && { pepper }), keys: { ...Object(keys) } }
  } catch {
    throw new Error(`${file} cannot be decrypted: the passphrase is another one, or it is damaged`)
  }
}

/** Writes pepper and keys where they are missing; what is there stays. Answers what was written. */
export async function restoreSecrets(
  settings: Settings,
  file: string,
  passphrase: Secret,
): Promise<readonly string[]> {
  const { pepper, keys } = await unsealed(file, passphrase)
  const [dataDir, keysDir] = [resolve(settings.data.dir), resolve(settings.keys.dir)]
  const wanted = [
    ...Object.entries(keys).map(([kid, text]) => ({ dir: keysDir, name: `${kid}.json`, text })),
    ...(pepper !== undefined && settings.secret.pepper === ''
      ? [{ dir: dataDir, name: pepperFile, text: `${pepper}\n` }]
      : []),
  ]
  const written: string[] = []
  for (const { dir, name, text } of wanted) {
    const path = join(dir, name)
    if (await isThere(path)) continue
    await createFile(dir, name, text)
    written.push(path)
  }
  return written
}
