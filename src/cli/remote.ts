import type { Command } from 'commander'
import {
  type AdminClient,
  adminClient,
  type ClientAuthentication,
  clientSecretBasic,
  type LoginOptions,
  type TokenChecks,
  type TokenSource,
  type TransportOptions,
  tokenChecks,
  tokenSource,
} from '../sdk/index.ts'
import { trustCertificates } from './certificates.ts'
import { UsageError } from './failure.ts'
import { byKeyFile } from './key-file.ts'
import { clientKeyOf, loginOf, secretOf, variables } from './login.ts'
import type { Login } from './profiles.ts'

const defaultUrl = 'http://127.0.0.1:3000'

/** The heading of what most verbs take alike; help shows it after what a verb takes itself. */
export const sharedHeading = 'Who asks, and where:'

/** Adds options below their own heading; those that a verb adds itself come below the usual one. */
function shared(command: Command, options: Readonly<Record<string, string>>): Command {
  command.optionsGroup(sharedHeading)
  for (const [flags, description] of Object.entries(options)) command.option(flags, description)
  return command.optionsGroup('Options:')
}

/** Where the server is; every remote verb takes it. */
export function withUrl(command: Command): Command {
  return shared(command, {
    '--profile <name>': `what ostiary login has kept (env: ${variables.profile})`,
    '--url <url>': `issuer of the server (default: "${defaultUrl}", env: ${variables.url})`,
    '--ca-file <file>': `certificates to trust besides the usual ones (env: ${variables.caFile})`,
    '--allow-http': `let secrets go to other machines by plain http (env: ${variables.allowHttp})`,
  })
}

/** Who asks. A secret is better given by a file or the environment: arguments can be seen by others. */
export function withLogin(command: Command): Command {
  const keyFile = 'private key (PEM, JWK or miactl file) in place of a secret'
  const secretFile = 'file that holds the secret; - reads stdin'
  return shared(withUrl(command), {
    '--client-id <id>': `client id (env: ${variables.clientId})`,
    '--client-secret <secret>': `secret (env: ${variables.clientSecret})`,
    '--client-secret-file <file>': `${secretFile} (env: ${variables.clientSecretFile})`,
    '--key-file <file>': `${keyFile} (env: ${variables.keyFile})`,
    '--kid <kid>': 'name of the private key, when its file does not say',
  })
}

/** Who asks, and by which application: for the management API. */
export function withAdmin(command: Command): Command {
  return shared(withLogin(command), {
    '--client-key <key>': `key of the calling application (env: ${variables.clientKey})`,
    '--client-key-file <file>': `file that holds it (env: ${variables.clientKeyFile})`,
  })
}

function authentication(command: Command, login: Login): ClientAuthentication {
  const { clientId, keyFile } = login
  if (keyFile !== undefined) return byKeyFile(command, keyFile, login)
  const instead = 'give --profile, or keep one with ostiary login'
  if (clientId === undefined) {
    throw new UsageError(`Set OSTIARY_CLIENT_ID, or give --client-id; or ${instead}`)
  }
  const secret = secretOf(command, login)
  if (secret !== undefined) return clientSecretBasic(clientId, secret)
  const ways = '--client-secret-file or --key-file'
  throw new UsageError(`Set OSTIARY_CLIENT_SECRET, or give ${ways}; or ${instead}`)
}

/** The server that is meant. Fails when that is no http or https URL. */
export function serverOf(command: Command, { url = defaultUrl, caFile }: Login): string {
  const { protocol = '' } = URL.parse(url) ?? {}
  if (protocol !== 'http:' && protocol !== 'https:') {
    throw new UsageError(`--url: expected an http or https URL, got ${JSON.stringify(url)}`)
  }
  if (caFile !== undefined) trustCertificates(command, caFile)
  return url.replace(/\/+$/, '')
}

/** The server that is meant by the options, the environment or a profile. */
export function urlOf(command: Command): string {
  return serverOf(command, loginOf(command))
}

/** How requests are sent: by https, and by http on this machine, unless told otherwise. */
export function transportOf(command: Command, login = loginOf(command)): TransportOptions {
  return { allowInsecureHttp: login.allowHttp === 'true' }
}

/** What a token shall be for; absent: all that is held, for the default resource. */
export interface Wanted {
  readonly scope?: readonly string[] | undefined
  readonly audience?: string | undefined
  readonly resource?: string | undefined
}

/** What `--resource` of a token is. */
export const resourceHelp = 'the same as a URI, or a place, such as urn:ostiary:project:<id>'

function loginOptions(command: Command, login: Login): LoginOptions {
  return {
    issuer: serverOf(command, login),
    authentication: authentication(command, login),
    ...transportOf(command, login),
  }
}

/** The tokens of whoever asks. */
export function tokensOf(command: Command, wanted: Wanted = {}, login = loginOf(command)) {
  const tokens: TokenSource = tokenSource({ ...loginOptions(command, login), ...wanted })
  return tokens
}

/** What asks the server about tokens. */
export function checksOf(command: Command): TokenChecks {
  return tokenChecks(loginOptions(command, loginOf(command)))
}

function adminBy(command: Command, login: Login, clientKey?: string): AdminClient {
  return adminClient({
    url: serverOf(command, login),
    authentication: authentication(command, login),
    clientKey,
    ...transportOf(command, login),
  })
}

/** A client of the management API. */
export function adminOf(command: Command): AdminClient {
  const login = loginOf(command)
  return adminBy(command, login, clientKeyOf(command, login))
}

/** A client for what needs no client key, and is asked when the one that is kept is no good any more. */
export function keylessAdminOf(command: Command): AdminClient {
  return adminBy(command, loginOf(command))
}
