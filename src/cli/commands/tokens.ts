import type { Command } from 'commander'
import { discover, verifier } from '../../sdk/index.ts'
import { exitCodes } from '../failure.ts'
import { list, readToken } from '../given.ts'
import {
  checksOf,
  resourceHelp,
  tokensOf,
  transportOf,
  urlOf,
  type Wanted,
  withLogin,
  withUrl,
} from '../remote.ts'
import { print } from '../terminal.ts'
import { endWith } from '../world.ts'

async function fetchToken(wanted: Wanted, command: Command): Promise<void> {
  const { scope, audience, resource } = wanted
  const {
    value,
    expiresAt,
    scope: given,
  } = await tokensOf(command, { scope, audience, resource })()
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

type OfToken = readonly [given: string, flags: unknown, command: Command]

async function introspect(...[given, , command]: OfToken): Promise<void> {
  const found = await checksOf(command).introspect(readToken(command, given))
  print(command, { json: found, lines: [JSON.stringify(found, null, 2)] })
  if (!found.active) endWith(command, exitCodes.refused)
}

async function revoke(...[given, , command]: OfToken): Promise<void> {
  await checksOf(command).revoke(readToken(command, given))
  const lines = ['the token is dead, when it was one of the account that asks']
  print(command, { json: { revoked: true }, lines })
}

function serverSideVerbs(program: Command): void {
  withLogin(program.command('introspect <token>'))
    .description('ask the server whether a token is good now; 1 when it is not; - reads stdin')
    .action(introspect)
  withLogin(program.command('revoke <token>'))
    .description('end a token of the account that asks; - reads it from stdin')
    .action(revoke)
}

/** Adds the verbs of access tokens. */
export function tokenCommands(program: Command): void {
  withLogin(program.command('token'))
    .description('log in and print an access token')
    .option('--scope <list>', 'permissions wanted, separated by commas; all that are held', list)
    .option('--audience <audience>', 'whom the token is for')
    .option('--resource <uri>', resourceHelp)
    .action(fetchToken)
  withUrl(program.command('verify <token>'))
    .description('check an access token offline against the JWKS; - reads it from stdin')
    .option('--audience <audience>', 'whom it must be for; the server itself by default')
    .action(verify)
  serverSideVerbs(program)
}
