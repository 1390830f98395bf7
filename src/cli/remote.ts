import type { Command } from 'commander'
import {
  type AdminClient,
  adminClient,
  type ClientAuthentication,
  clientSecretBasic,
  type TokenSource,
  type TransportOptions,
  tokenSource,
} from '../sdk/index.ts'
import { trustCertificates } from './certificates.ts'
import { UsageError } from './failure.ts'
import { byKeyFile } from './key-file.ts'
import { clientKeyOf, loginOf, secretOf, variables } from './login.ts'
import type { Login } from './profiles.ts'
import { worldOf } from './world.ts'

const allowHttp = 'OSTIARY_ALLOW_HTTP'
const defaultUrl = 'http://127.0.0.1:3000'

/** Where the server is; every remote verb takes it. */
export function withUrl(command: Command): Command {
  const description = `issuer of the server (default: "${defaultUrl}", env: ${variables.url})`
  const caFile = 'certificates to trust besides the usual ones (PEM)'
  return command
    .option('--url <url>', description)
    .option('--ca-file <file>', `${caFile} (env: ${variables.caFile})`)
    .option('--allow-http', `let secrets go to other machines by plain http (env: ${allowHttp})`)
    .option('--profile <name>', `what ostiary login has kept (env: ${variables.profile})`)
}

/** Who asks. A secret is better given by a file or the environment: arguments can be seen by others. */
export function withLogin(command: Command): Command {
  const keyFile = 'private key (PEM, JWK or miactl file) in place of a secret'
  return withUrl(command)
    .option('--client-id <id>', `client id (env: ${variables.clientId})`)
    .option('--client-secret <secret>', `secret (env: ${variables.clientSecret})`)
    .option(
      '--client-secret-file <file>',
      `file that holds the secret; - reads stdin (env: ${variables.clientSecretFile})`,
    )
    .option('--key-file <file>', `${keyFile} (env: ${variables.keyFile})`)
    .option('--kid <kid>', 'name of the private key, when its file does not say')
}

/** Who asks, and by which application: for the management API. */
export function withAdmin(command: Command): Command {
  return withLogin(command)
    .option('--client-key <key>', `key of the calling application (env: ${variables.clientKey})`)
    .option('--client-key-file <file>', `file that holds it (env: ${variables.clientKeyFile})`)
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
export function transportOf(command: Command): TransportOptions {
  const { allowHttp: isAllowed }: { readonly allowHttp?: boolean } = command.opts()
  return { allowInsecureHttp: isAllowed === true || worldOf(command).env[allowHttp] === 'true' }
}

/** What a token shall be for; absent: all that is held, for the default resource. */
export interface Wanted {
  readonly scope?: readonly string[] | undefined
  readonly audience?: string | undefined
}

/** The tokens of whoever asks. */
export function tokensOf(command: Command, wanted: Wanted = {}, login = loginOf(command)) {
  const tokens: TokenSource = tokenSource({
    issuer: serverOf(command, login),
    authentication: authentication(command, login),
    ...transportOf(command),
    ...wanted,
  })
  return tokens
}

/** A client of the management API. */
export function adminOf(command: Command): AdminClient {
  const login = loginOf(command)
  return adminClient({
    url: serverOf(command, login),
    authentication: authentication(command, login),
    clientKey: clientKeyOf(command, login),
    ...transportOf(command),
  })
}
