import { type Command, Option } from 'commander'
import {
  type AdminClient,
  adminClient,
  type ClientAuthentication,
  clientSecretBasic,
  privateKeyJwt,
  type TokenSource,
  tokenSource,
} from '../sdk/index.ts'
import { UsageError } from './failure.ts'
import { readInput } from './terminal.ts'

interface LoginOptions {
  readonly url: string
  readonly clientId?: string
  readonly clientSecret?: string
  readonly keyFile?: string
  readonly kid?: string
  readonly clientKey?: string
}

/** Where the server is; every remote verb takes it. */
export function withUrl(command: Command): Command {
  return command.addOption(
    new Option('--url <url>', 'issuer of the server').env('OSTIARY_URL').default(defaultUrl),
  )
}

const defaultUrl = 'http://127.0.0.1:3000'

/** Who asks. A secret is better given by the environment: arguments can be seen by others. */
export function withLogin(command: Command): Command {
  return withUrl(command)
    .addOption(new Option('--client-id <id>', 'client id').env('OSTIARY_CLIENT_ID'))
    .addOption(new Option('--client-secret <secret>', 'secret').env('OSTIARY_CLIENT_SECRET'))
    .addOption(
      new Option('--key-file <file>', 'private key (PEM, JWK or miactl file) in place of a secret') //
        .env('OSTIARY_PRIVATE_KEY_FILE'),
    )
    .option('--kid <kid>', 'name of the private key, when its file does not say')
}

/** Who asks, and by which application: for the management API. */
export function withAdmin(command: Command): Command {
  return withLogin(command).addOption(
    new Option('--client-key <key>', 'key of the calling application').env('OSTIARY_CLIENT_KEY'),
  )
}

interface KeyFile {
  readonly privateKey: string | object
  readonly kid?: string | undefined
  readonly clientId?: string | undefined
}

const text = (value: unknown) => (typeof value === 'string' ? value : undefined)

/** PEM, a private JWK, or the file that miactl keeps a service account in. */
function readKeyFile(file: string): KeyFile {
  const content = readInput(file, '--key-file')
  if (content.includes('-----BEGIN')) return { privateKey: content }
  try {
    const found: Record<string, unknown> = { ...JSON.parse(content) }
    const data = text(found['private-key-data'])
    if (data === undefined) return { privateKey: found }
    return {
      privateKey: Buffer.from(data, 'base64').toString('utf8'),
      kid: text(found['key-id']),
      clientId: text(found['client-id']),
    }
  } catch {
    throw new UsageError(`--key-file: ${file} holds neither PEM nor JSON`)
  }
}

function byKey(keyFile: string, options: LoginOptions): ClientAuthentication {
  const { privateKey, kid, clientId } = readKeyFile(keyFile)
  const who = options.clientId ?? clientId
  if (who === undefined) throw new UsageError('Set OSTIARY_CLIENT_ID, or give --client-id')
  try {
    return privateKeyJwt(who, { privateKey, kid: options.kid ?? kid })
  } catch {
    // The reason could quote the key.
    throw new UsageError(`--key-file: ${keyFile} holds no private key of type RSA, EC or Ed25519`)
  }
}

function authentication(options: LoginOptions): ClientAuthentication {
  const { clientId, clientSecret, keyFile } = options
  if (keyFile !== undefined) return byKey(keyFile, options)
  if (clientId === undefined) throw new UsageError('Set OSTIARY_CLIENT_ID, or give --client-id')
  if (clientSecret === undefined) {
    throw new UsageError('Set OSTIARY_CLIENT_SECRET, or give --client-secret or --key-file')
  }
  return clientSecretBasic(clientId, clientSecret)
}

function checkedUrl(url: string): string {
  const { protocol = '' } = URL.parse(url) ?? {}
  if (protocol === 'http:' || protocol === 'https:') return url.replace(/\/+$/, '')
  throw new UsageError(`--url: expected an http or https URL, got ${JSON.stringify(url)}`)
}

export function urlOf(command: Command): string {
  const { url }: LoginOptions = command.opts()
  return checkedUrl(url)
}

export interface Wanted {
  readonly scope?: readonly string[] | undefined
  readonly audience?: string | undefined
}

export function tokensOf(command: Command, wanted: Wanted = {}): TokenSource {
  const options: LoginOptions = command.opts()
  const issuer = checkedUrl(options.url)
  return tokenSource({ issuer, authentication: authentication(options), ...wanted })
}

/** A client of the management API, whose tokens are for the server itself. */
export function adminOf(command: Command): AdminClient {
  const { clientKey }: LoginOptions = command.opts()
  const url = urlOf(command)
  return adminClient({ url, token: tokensOf(command, { audience: url }), clientKey })
}
