import { resolve } from 'node:path'
import type { Command } from 'commander'
import { UsageError } from '../failure.ts'
import { givenLogin, namedProfile, optionsOf, over, secretOf } from '../login.ts'
import {
  type Login,
  parseLogin,
  profileNames,
  readProfile,
  removeProfile,
  usualProfile,
  writeProfile,
} from '../profiles.ts'
import { serverOf, tokensOf, withAdmin } from '../remote.ts'
import { plain, print, printList } from '../terminal.ts'
import { readInput, worldOf } from '../world.ts'

/** The file of the first start, or the answer that made an account, kept as JSON. */
function fromFile(command: Command, file: string): Login {
  const text = readInput(command, file, 'login')
  const login = parseLogin(text)
  if (login?.clientId !== undefined) {
    const { issuer }: { issuer?: unknown } = { ...JSON.parse(text) }
    return { ...(typeof issuer === 'string' && { url: issuer }), ...login }
  }
  throw new UsageError(
    `login: ${file} is not what the server made: expected JSON with a clientId, such as data/bootstrap.json`,
  )
}

/** Asks for what is needed and was not given, where somebody can be asked. */
async function completed(command: Command, login: Login): Promise<Login> {
  const { ask } = worldOf(command)
  if (ask === undefined || login.keyFile !== undefined) return login
  const clientId = login.clientId ?? (await ask('Client id: ')).trim()
  if (login.clientSecret ?? login.clientSecretFile) return { ...login, clientId }
  const hidden = async (question: string) => (await ask(question, { isHidden: true })).trim()
  const clientSecret = await hidden('Client secret: ')
  const clientKey = login.clientKey ?? (await hidden('Client key (empty for none): '))
  return { ...login, clientId, clientSecret, ...(clientKey !== '' && { clientKey }) }
}

const wholePath = (file: string | undefined) => file && resolve(file)

/** What is kept: files by their whole path, so that it holds in every folder. */
function lasting(command: Command, login: Login): Login {
  const { clientSecretFile, keyFile, clientKeyFile, caFile, ...rest } = login
  const isPiped = clientSecretFile === '-'
  return {
    ...rest,
    url: serverOf(command, login),
    ...(isPiped && { clientSecret: secretOf(command, login) }),
    clientSecretFile: isPiped ? undefined : wholePath(clientSecretFile),
    keyFile: wholePath(keyFile),
    clientKeyFile: wholePath(clientKeyFile),
    caFile: wholePath(caFile),
  }
}

async function logIn(file: string | undefined, _flags: unknown, command: Command): Promise<void> {
  const name = namedProfile(command) ?? usualProfile
  const given = givenLogin(command)
  const said =
    file === undefined
      ? given
      : over(optionsOf(command), { url: given.url, ...fromFile(command, file) })
  const login = lasting(command, await completed(command, said))
  await tokensOf(command, {}, login)()
  const kept = writeProfile(worldOf(command).env, name, login)
  const { url, clientId } = login
  const lines = [`the profile ${name} is ${clientId ?? 'the account of its key'} at ${url}`]
  print(command, { json: { profile: name, url, clientId, file: kept }, lines: [...lines, kept] })
}

async function logOut(_flags: unknown, command: Command): Promise<void> {
  const name = namedProfile(command) ?? usualProfile
  const removed = removeProfile(worldOf(command).env, name)
  const gone = `there is no profile ${name} any more; the secret itself is good as before`
  const lines = [removed ? gone : `there was no profile ${name}`]
  print(command, { json: { profile: name, removed }, lines })
}

async function listAll(_flags: unknown, command: Command): Promise<void> {
  const { env } = worldOf(command)
  const profiles = profileNames(env).map((name) => {
    const { url = '', clientId = '', keyFile } = readProfile(env, name) ?? {}
    return { name, url, clientId, login: keyFile === undefined ? 'secret' : 'key' }
  })
  await printList(command, {
    pages: (async function* () {
      yield profiles
    })(),
    columns: [
      { title: 'PROFILE' },
      { title: 'URL', least: 20 },
      { title: 'CLIENT ID' },
      { title: 'LOGIN', isExtra: true },
    ],
    row: ({ name, url, clientId, login }) => [name, plain(url), plain(clientId), login],
    none: 'no profiles: ostiary login keeps one',
  })
}

/** Adds the verbs that keep who asks, and where. */
export function loginCommands(program: Command): void {
  withAdmin(program.command('login [file]'))
    .description(
      'keep who asks in a profile, for your eyes only; from options, questions, or data/bootstrap.json',
    )
    .action(logIn)
  program
    .command('logout')
    .description('remove a profile')
    .option('--profile <name>', `which one; ${usualProfile} when absent`)
    .action(logOut)
  program.command('profiles').description('what is kept, without secrets').action(listAll)
}
