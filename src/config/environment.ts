import { meant } from '../words/nearest.ts'
import { type Node, settings } from './settings.ts'
import { merge, nest } from './tree.ts'

/** Variables of the environment by name. */
export type Environment = Readonly<Record<string, string | undefined>>

/** Variables of the command line and of the test suite, which are no settings. */
const otherVariables =
  /^OSTIARY_(CONFIG|URL|CLIENT_(ID|(SECRET|KEY)(_FILE)?)|PRIVATE_KEY_FILE|CA_FILE|PROFILE|ALLOW_HTTP|TEST_\w+|BENCH_\w+)$/
/** What Kubernetes puts into every container beside a Service whose name begins with ostiary. */
const kubernetesVariables = /^OSTIARY_(\w+_)?(SERVICE_(HOST|PORT)(_\w+)?|PORT(_\d+_\w+)?)$/
const kubernetesAddress = /^(tcp|udp|sctp):\/\/\S+:\d+$/

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

const parsers: Readonly<Record<string, (text: string) => unknown>> = {
  integer: (text) => (/^-?\d+$/.test(text.trim()) ? Number(text) : text),
  boolean: (text) => ({ true: true, false: false })[text.trim().toLowerCase()] ?? text,
  array: (text) =>
    text
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== ''),
  objects: readJson,
}

/** A Service called ostiary-http makes `OSTIARY_HTTP_PORT=tcp://…`, which nobody meant as a setting. */
const isServiceLink = (name: string, text: string) =>
  kubernetesVariables.test(name) && kubernetesAddress.test(text)

/** The settings that the environment gives. An empty variable counts as unset. */
export function fromEnvironment(environment: Environment): Node {
  const given = settings.flatMap(({ path, env, type }) => {
    const text = environment[env] ?? ''
    if (text === '' || isServiceLink(env, text)) return []
    return [nest(path, parsers[type]?.(text) ?? text)]
  })
  return given.reduce(merge, {})
}

const variables = settings.map(({ env }) => env)

function aboutUnknown(name: string): string {
  return kubernetesVariables.test(name)
    ? `${name} is no setting of Ostiary; Kubernetes made it for a Service of that name`
    : `${name} is no setting of Ostiary and changes nothing${meant(name, variables)}; docs/settings.md lists them all`
}

function aboutLink(name: string): string {
  return `${name} is not read as the setting: Kubernetes made it for a Service of that name; set enableServiceLinks: false in the pod, or give the variable a value there`
}

/** What the log should say of variables that look like settings and are none. */
export function environmentWarnings(environment: Environment): readonly string[] {
  const known = new Set(settings.map(({ env }) => env))
  return Object.entries(environment).flatMap(([name, text = '']) => {
    if (!name.startsWith('OSTIARY_') || otherVariables.test(name)) return []
    if (known.has(name)) return isServiceLink(name, text) ? [aboutLink(name)] : []
    return [aboutUnknown(name)]
  })
}
