import type { Command } from 'commander'
import { UsageError } from './failure.ts'
import { type Login, loginNames, profileNames, readProfile, usualProfile } from './profiles.ts'
import { readSecret, worldOf } from './world.ts'

/** The variable that stands in for an option that is not given. */
export const variables = {
  url: 'OSTIARY_URL',
  clientId: 'OSTIARY_CLIENT_ID',
  clientSecret: 'OSTIARY_CLIENT_SECRET',
  clientSecretFile: 'OSTIARY_CLIENT_SECRET_FILE',
  keyFile: 'OSTIARY_PRIVATE_KEY_FILE',
  clientKey: 'OSTIARY_CLIENT_KEY',
  clientKeyFile: 'OSTIARY_CLIENT_KEY_FILE',
  caFile: 'OSTIARY_CA_FILE',
  allowHttp: 'OSTIARY_ALLOW_HTTP',
  profile: 'OSTIARY_PROFILE',
} as const

/** Ways to say the same: one that is given goes before all of them further down. */
const alternatives: readonly (readonly (keyof Login)[])[] = [
  ['clientSecret', 'clientSecretFile', 'keyFile'],
  ['clientKey', 'clientKeyFile'],
]

type Said = Readonly<Record<string, unknown>>

/** What was said at all; an option without a value says that it is so. */
function given(said: Said): Login {
  const values = loginNames.map((name) => [name, said[name] === true ? 'true' : said[name]])
  return Object.fromEntries(values.filter(([, value]) => typeof value === 'string' && value !== ''))
}

/** What is said above, and of the rest what is said below. */
export function over(above: Login, below: Login): Login {
  const decided = alternatives.filter((names) => names.some((name) => above[name] !== undefined))
  const without = new Set(decided.flat())
  const rest = Object.entries(below).filter(([name]) => ![...without].some((one) => one === name))
  return { ...Object.fromEntries(rest), ...above }
}

const sameUrl = (one: string, other: string) =>
  one.replace(/\/+$/, '') === other.replace(/\/+$/, '')

/**
 * A secret that is kept for one server is never sent to another, and the secret of one account
 * never with the id of another.
 */
function overProfile(said: Login, profile: Login): Login | undefined {
  const { url = '' } = profile
  if (said.url !== undefined && !sameUrl(said.url, url)) return undefined
  const isOther = said.clientId !== undefined && said.clientId !== profile.clientId
  const { caFile, allowHttp, clientKey, clientKeyFile } = profile
  return over(said, isOther ? given({ url, caFile, allowHttp, clientKey, clientKeyFile }) : profile)
}

function byName(command: Command, name: string, options: Login): Login {
  const { env } = worldOf(command)
  const profile = readProfile(env, name)
  if (profile === undefined) {
    const known = profileNames(env).join(', ') || 'none yet'
    throw new UsageError(
      `there is no profile ${name} (there are: ${known}); ostiary login --profile ${name} makes it`,
    )
  }
  const login = overProfile(options, profile)
  if (login !== undefined) return login
  throw new UsageError(`--url: the profile ${name} is for ${profile.url}, and goes to no other`)
}

function fromEnvironment(command: Command): Login {
  const { env } = worldOf(command)
  return given(Object.fromEntries(Object.entries(variables).map(([name, at]) => [name, env[at]])))
}

/** The profile that was named, by its option or by the environment. */
export function namedProfile(command: Command): string | undefined {
  const { profile }: { readonly profile?: string } = command.opts()
  return profile ?? (worldOf(command).env[variables.profile] || undefined)
}

/** What the options say. */
export function optionsOf(command: Command): Login {
  return given(command.opts())
}

/** What options and the environment say, whatever is kept. */
export function givenLogin(command: Command): Login {
  return over(optionsOf(command), fromEnvironment(command))
}

/**
 * Who asks, and where: the options; then a profile that is named, in place of the environment; or
 * else the environment, and the usual profile for what that leaves open.
 */
export function loginOf(command: Command): Login {
  const name = namedProfile(command)
  if (name !== undefined) return byName(command, name, optionsOf(command))
  const said = givenLogin(command)
  const profile = readProfile(worldOf(command).env, usualProfile)
  return (profile && overProfile(said, profile)) ?? said
}

/** The secret, itself or from its file. */
export function secretOf(command: Command, login: Login): string | undefined {
  const { clientSecret, clientSecretFile: file } = login
  return clientSecret ?? (file && readSecret(command, file, '--client-secret-file'))
}

/** The key of the calling application, itself or from its file. */
export function clientKeyOf(command: Command, login: Login): string | undefined {
  const { clientKey, clientKeyFile: file } = login
  return clientKey ?? (file && readSecret(command, file, '--client-key-file'))
}
