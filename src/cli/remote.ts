import type { Command } from 'commander'
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
import { readInput, worldOf } from './world.ts'

/** The variable that stands in for an option that is not given. */
const variables = {
  url: 'OSTIARY_URL',
  clientId: 'OSTIARY_CLIENT_ID',
  clientSecret: 'OSTIARY_CLIENT_SECRET',
  keyFile: 'OSTIARY_PRIVATE_KEY_FILE',
  clientKey: 'OSTIARY_CLIENT_KEY',
} as const

type LoginOptions = { readonly [K in keyof typeof variables | 'kid']?: string | undefined }

const defaultUrl = 'http://127.0.0.1:3000'

/** Where the server is; every remote verb takes it. */
export function withUrl(command: Command): Command {
  const description = `issuer of the server (default: "${defaultUrl}", env: ${variables.url})`
  return command.option('--url <url>', description)
}

/** Who asks. A secret is better given by the environment: arguments can be seen by others. */
export function withLogin(command: Command): Command {
  const keyFile = 'private key (PEM, JWK or miactl file) in place of a secret'
  return withUrl(command)
    .option('--client-id <id>', `client id (env: ${variables.clientId})`)
    .option('--client-secret <secret>', `secret (env: ${variables.clientSecret})`)
    .option('--key-file <file>', `${keyFile} (env: ${variables.keyFile})`)
    .option('--kid <kid>', 'name of the private key, when its file does not say')
}

/** Who asks, and by which application: for the management API. */
export function withAdmin(command: Command): Command {
  const description = `key of the calling application (env: ${variables.clientKey})`
  return withLogin(command).option('--client-key <key>', description)
}

/** What was given as options, and what the environment says of the others. */
function loginOf(command: Command): LoginOptions {
  const { env } = worldOf(command)
  const given: LoginOptions = command.opts()
  return {
    url: given.url ?? env[variables.url],
    clientId: given.clientId ?? env[variables.clientId],
    clientSecret: given.clientSecret ?? env[variables.clientSecret],
    keyFile: given.keyFile ?? env[variables.keyFile],
    clientKey: given.clientKey ?? env[variables.clientKey],
    kid: given.kid,
  }
}

interface KeyFile {
  readonly privateKey: string | object
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

function byKey(command: Command, keyFile: string): ClientAuthentication {
  const options = loginOf(command)
  const { privateKey, kid, clientId } = readKeyFile(command, keyFile)
  const who = options.clientId ?? clientId
  if (who === undefined) throw new UsageError('Set OSTIARY_CLIENT_ID, or give --client-id')
  try {
    return privateKeyJwt(who, { privateKey, kid: options.kid ?? kid })
  } catch {
    // The reason could quote the key.
    throw new UsageError(`--key-file: ${keyFile} holds no private key of type RSA, EC or Ed25519`)
  }
}

function authentication(command: Command): ClientAuthentication {
  const { clientId, clientSecret, keyFile } = loginOf(command)
  if (keyFile !== undefined) return byKey(command, keyFile)
  if (clientId === undefined) throw new UsageError('Set OSTIARY_CLIENT_ID, or give --client-id')
  if (clientSecret === undefined) {
    throw new UsageError('Set OSTIARY_CLIENT_SECRET, or give --client-secret or --key-file')
  }
  return clientSecretBasic(clientId, clientSecret)
}

/** The server that is meant. Fails when that is no http or https URL. */
export function urlOf(command: Command): string {
  const { url = defaultUrl } = loginOf(command)
  const { protocol = '' } = URL.parse(url) ?? {}
  if (protocol === 'http:' || protocol === 'https:') return url.replace(/\/+$/, '')
  throw new UsageError(`--url: expected an http or https URL, got ${JSON.stringify(url)}`)
}

/** What a token shall be for; absent: all that is held, for the server itself. */
export interface Wanted {
  readonly scope?: readonly string[] | undefined
  readonly audience?: string | undefined
}

/** The tokens of whoever asks. */
export function tokensOf(command: Command, wanted: Wanted = {}): TokenSource {
  const issuer = urlOf(command)
  return tokenSource({ issuer, authentication: authentication(command), ...wanted })
}

/** A client of the management API, whose tokens are for the server itself. */
export function adminOf(command: Command): AdminClient {
  const { clientKey } = loginOf(command)
  const url = urlOf(command)
  return adminClient({ url, token: tokensOf(command, { audience: url }), clientKey })
}
