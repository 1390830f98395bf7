import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { Ajv, type ErrorObject } from 'ajv'
import { parse } from 'yaml'
import { rules } from './rules.ts'
import { Settings } from './schema.ts'
import { isNode, type Node, type Setting, settings } from './settings.ts'

/** Variables of the environment by name. */
export type Environment = Readonly<Record<string, string | undefined>>

/** Everything that is wrong with the configuration, one line a fault. */
export class ConfigurationError extends Error {
  readonly faults: readonly string[]
  /** The form in which this is to be told, as far as it could be read. */
  readonly logFormat: Settings['log']['format']

  constructor(faults: readonly string[], logFormat: Settings['log']['format'] = 'json') {
    super(`the configuration is not valid:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`)
    this.name = 'ConfigurationError'
    this.faults = faults
    this.logFormat = logFormat
  }
}

/** The settings, and what the log should say of how they were given. */
export interface Loaded {
  readonly settings: Settings
  readonly warnings: readonly string[]
}

const defaultsFile = resolve(import.meta.dirname, '../../config/default.yaml')
/** Variables of the command line and of the test suite, which are no settings. */
const otherVariables =
  /^OSTIARY_(CONFIG|URL|CLIENT_(ID|(SECRET|KEY)(_FILE)?)|PRIVATE_KEY_FILE|CA_FILE|PROFILE|TEST_\w+|BENCH_\w+)$/
/** What Kubernetes puts into every container beside a Service called ostiary. */
const kubernetesVariables = /^OSTIARY_(SERVICE_(HOST|PORT)(_\w+)?|PORT(_\d+_\w+)?)$/

function readYaml(file: string): Node {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new ConfigurationError([`OSTIARY_CONFIG: the file cannot be read: ${reason}`])
  }
  try {
    const content: unknown = parse(text) ?? {}
    if (isNode(content)) return content
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : ''
    throw new ConfigurationError([`${file}: is not YAML: ${reason}`])
  }
  throw new ConfigurationError([`${file}: expected sections with settings in them`])
}

function merge(base: Node, over: Node): Node {
  const merged: Record<string, unknown> = { ...base }
  for (const [name, value] of Object.entries(over)) {
    const below = merged[name]
    // A section without settings is what is left when all of them are comments.
    const given = isNode(below) && value === null ? {} : value
    merged[name] = isNode(below) && isNode(given) ? merge(below, given) : given
  }
  return merged
}

const parsers: Readonly<Record<string, (text: string) => unknown>> = {
  integer: (text) => (/^-?\d+$/.test(text.trim()) ? Number(text) : text),
  boolean: (text) => ({ true: true, false: false })[text.trim().toLowerCase()] ?? text,
  array: (text) =>
    text
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== ''),
}

function nest(path: string, value: unknown): Node {
  const [first = '', ...rest] = path.split('.')
  return { [first]: rest.length === 0 ? value : nest(rest.join('.'), value) }
}

function fromEnvironment(environment: Environment): Node {
  const given = settings.flatMap(({ path, env, type }) => {
    const text = environment[env]
    return text === undefined ? [] : [nest(path, parsers[type]?.(text) ?? text)]
  })
  return given.reduce(merge, {})
}

function unknownVariables(environment: Environment): readonly string[] {
  const known = new Set(settings.map(({ env }) => env))
  return Object.keys(environment)
    .filter((name) => name.startsWith('OSTIARY_') && !known.has(name) && !otherVariables.test(name))
    .map((name) =>
      kubernetesVariables.test(name)
        ? `${name} is no setting of Ostiary; Kubernetes made it for a Service of that name`
        : `${name} is no setting of Ostiary and changes nothing; docs/settings.md lists them all`,
    )
}

function valueAt(tree: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((node, name) => (isNode(node) ? node[name] : undefined), tree)
}

function shown(setting: Setting, value: unknown): string {
  if (setting.secret) return 'a value that is not shown'
  return JSON.stringify(value)?.slice(0, 200) ?? 'nothing'
}

function settingOf(error: ErrorObject): Setting | undefined {
  const at = error.instancePath.slice(1).split('/').join('.')
  return settings.find(({ path }) => at === path || at.startsWith(`${path}.`))
}

function fault(tree: Node, error: ErrorObject): string {
  const at = error.instancePath.slice(1).split('/').join('.')
  if (error.keyword === 'additionalProperties') {
    const name = [at, String(error.params['additionalProperty'])].filter((part) => part !== '')
    return `${name.join('.')}: is no setting; docs/settings.md lists them all`
  }
  const setting = settingOf(error)
  if (!setting && !isNode(valueAt(tree, at))) return `${at}: expected a section with settings in it`
  if (!setting) return `${at || 'the file'}: ${error.message}`
  const given = shown(setting, valueAt(tree, setting.path))
  return `${setting.path} (${setting.env}): got ${given}, expected ${setting.allowed}`
}

const validate = new Ajv({ allErrors: true, strict: false }).compile<Settings>({ ...Settings })

function keepValid(tree: Node, defaults: Node, errors: readonly ErrorObject[]): Node {
  const faulty = new Set(errors.map((error) => settingOf(error)?.path))
  return settings
    .filter(({ path }) => !faulty.has(path) && valueAt(tree, path) !== undefined)
    .map(({ path }) => nest(path, valueAt(tree, path)))
    .reduce(merge, defaults)
}

/** Checks each value by the schema, then what must fit together; what is faulty counts as default. */
function check(tree: Node, defaults: Node): Settings {
  const isValid = validate(tree)
  const errors = isValid ? [] : (validate.errors ?? [])
  const faults = errors.map((error) => fault(tree, error))
  const usable = isValid ? tree : keepValid(tree, defaults, errors)
  if (!validate(usable)) throw new ConfigurationError([...new Set(faults)])
  const { read, unread } = withSecretFiles(usable)
  const all = [...faults, ...unread, ...rules.flatMap((rule) => rule(read))]
  if (all.length > 0) throw new ConfigurationError([...new Set(all)], read.log.format)
  return read
}

interface SecretText {
  readonly text: string
  readonly faults: readonly string[]
}

/** A file that is named must hold something: nothing at all would switch the protection off. */
function readSecret(value: string, file: string, path: string): SecretText {
  if (file === '') return { text: value, faults: [] }
  try {
    const text = readFileSync(file, 'utf8').replace(/\r?\n$/, '')
    return { text, faults: text === '' ? [`${path}: the file ${file} is empty`] : [] }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return { text: value, faults: [`${path}: the file cannot be read: ${reason}`] }
  }
}

function withSecretFiles(given: Settings) {
  const { keys, secret } = given
  const passphrase = readSecret(
    keys.passphrase,
    keys.passphraseFile,
    'keys.passphraseFile (OSTIARY_KEYS_PASSPHRASE_FILE)',
  )
  const pepper = readSecret(
    secret.pepper,
    secret.pepperFile,
    'secret.pepperFile (OSTIARY_SECRET_PEPPER_FILE)',
  )
  const read = {
    ...given,
    keys: { ...keys, passphrase: passphrase.text },
    secret: { ...secret, pepper: pepper.text },
  }
  return { read, unread: [...passphrase.faults, ...pepper.faults] }
}

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const member of Object.values(value)) freeze(member)
    Object.freeze(value)
  }
  return value
}

function complete(given: Settings): Settings {
  const uri = given.storage.uri || `sqlite:${given.data.dir}/ostiary.db`
  return { ...given, storage: { ...given.storage, uri } }
}

/**
 * Reads the configuration: defaults, then the file that OSTIARY_CONFIG names, then the environment.
 * Fails with a ConfigurationError that lists every fault.
 */
export function loadSettings(environment: Environment = process.env): Loaded {
  const file = environment['OSTIARY_CONFIG']
  const defaults = readYaml(defaultsFile)
  const layers = [defaults, ...(file ? [readYaml(file)] : []), fromEnvironment(environment)]
  const checked = check(layers.reduce(merge, {}), defaults)
  return { settings: freeze(complete(checked)), warnings: unknownVariables(environment) }
}
