import type { Command } from 'commander'
import { type ClientAuthentication, privateKeyJwt } from '../sdk/index.ts'
import { UsageError } from './failure.ts'
import type { Login } from './profiles.ts'
import { readInput } from './world.ts'

interface KeyFile {
  readonly privateKey: string | Readonly<Record<string, unknown>>
  readonly kid?: string | undefined
  readonly clientId?: string | undefined
}

const text = (value: unknown) => (typeof value === 'string' ? value : undefined)

/** PKCS#8 says it in its heading, the older forms in a line below it (RFC 1421 §4.6.1.1). */
function unencrypted(pem: string, file: string): string {
  if (!/^-----BEGIN ENCRYPTED |^Proc-Type: 4,ENCRYPTED/m.test(pem)) return pem
  const next = 'decrypt it into a file that only you can read: openssl pkey -in <file> -out <file>'
  throw new UsageError(`--key-file: the private key in ${file} is encrypted; ${next}`)
}

/** PEM, a private JWK, or the file that miactl keeps a service account in. */
function readKeyFile(command: Command, file: string): KeyFile {
  const content = readInput(command, file, '--key-file')
  if (content.includes('-----BEGIN')) return { privateKey: unencrypted(content, file) }
  try {
    const found: Record<string, unknown> = { ...JSON.parse(content) }
    const data = text(found['private-key-data'])
    if (data === undefined) return { privateKey: found }
    return {
      privateKey: unencrypted(Buffer.from(data, 'base64').toString('utf8'), file),
      kid: text(found['key-id']),
      clientId: text(found['client-id']),
    }
  } catch (error) {
    if (error instanceof UsageError) throw error
    throw new UsageError(`--key-file: ${file} holds neither PEM nor JSON`)
  }
}

/** Logs in by the private key that a file holds. */
export function byKeyFile(command: Command, file: string, login: Login): ClientAuthentication {
  const { privateKey, kid, clientId } = readKeyFile(command, file)
  const who = login.clientId ?? clientId
  if (who === undefined) throw new UsageError('Set OSTIARY_CLIENT_ID, or give --client-id')
  try {
    return privateKeyJwt(who, { privateKey, kid: login.kid ?? kid })
  } catch (error) {
    // The SDK quotes no key.
    throw new UsageError(
      `--key-file: ${file}: ${error instanceof Error ? error.message : 'unread'}`,
    )
  }
}
