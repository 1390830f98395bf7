import type { Command } from 'commander'
import { discover, verifier } from '../../sdk/index.ts'
import { list, readToken } from '../given.ts'
import { tokensOf, transportOf, urlOf, type Wanted, withLogin, withUrl } from '../remote.ts'
import { print } from '../terminal.ts'

async function fetchToken(wanted: Wanted, command: Command): Promise<void> {
  const { scope, audience } = wanted
  const { value, expiresAt, scope: given } = await tokensOf(command, { scope, audience })()
  const json = { accessToken: value, expiresAt: new Date(expiresAt).toISOString(), scope: given }
  print(command, { json, lines: [value] })
}

async function verify(
  given: string,
  flags: { readonly audience?: string },
  command: Command,
): Promise<void> {
  const token = readToken(command, given)
  const transport = transportOf(command)
  const { issuer } = await discover(urlOf(command), transport)
  const { audience = issuer } = flags
  const claims = await verifier({ issuer, audience, ...transport })(token)
  print(command, { json: claims, lines: [JSON.stringify(claims, null, 2)] })
}

/** Adds the verbs of access tokens. */
export function tokenCommands(program: Command): void {
  withLogin(program.command('token'))
    .description('log in and print an access token')
    .option('--scope <list>', 'permissions wanted, separated by commas; all that are held', list)
    .option('--audience <audience>', 'whom the token is for')
    .action(fetchToken)
  withUrl(program.command('verify <token>'))
    .description('check an access token offline against the JWKS; - reads it from stdin')
    .option('--audience <audience>', 'whom it must be for; the server itself by default')
    .action(verify)
}
