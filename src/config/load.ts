import { resolve } from 'node:path'
import { Ajv, type ErrorObject } from 'ajv'
import { loadAll } from 'js-yaml'
import { readGiven } from '../files/given.ts'
import { meant } from '../words/nearest.ts'
import { type Environment, environmentWarnings, fromEnvironment } from './environment.ts'
import { rules } from './rules.ts'
import { Settings } from './schema.ts'
import { fileSettingOf, readSecretFiles } from './secret-files.ts'
import { isNode, type Node, type Setting, settings } from './settings.ts'
import { merge, nest, valueAt } from './tree.ts'

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

/** The one document of a text: nothing of it is a part of itself, as YAML's aliases could have it. */
function documentIn(text: string): unknown {
  const [document, ...others]: readonly unknown[] = loadAll(text)
  if (others.length > 0) throw new Error('it holds several documents')
  try {
    JSON.stringify(document)
  } catch {
    throw new Error('it holds an alias (*) of what that is a part of')
  }
  return document
}

function readYaml(file: string): Node {
  let text: string
  try {
    text = readGiven(file)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new ConfigurationError([`OSTIARY_CONFIG: the file cannot be read: ${reason}`])
  }
  try {
    const content = documentIn(text) ?? {}
    if (isNode(content)) return content
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : ''
    throw new ConfigurationError([`${file}: is not YAML: ${reason}`])
  }
  throw new ConfigurationError([`${file}: expected sections with settings in them`])
}

function shown(tree: Node, setting: Setting): string {
  const file = fileSettingOf(setting)
  const name = file && valueAt(tree, file.path)
  const from = typeof name === 'string' && name !== '' ? `, in the file ${name}` : ''
  if (setting.secret) return `a value that is not shown${from}`
  const value = valueAt(tree, setting.path) ?? undefined
  return JSON.stringify(value)?.slice(0, 200) ?? 'nothing'
}

function settingOf(error: ErrorObject): Setting | undefined {
  const at = error.instancePath.slice(1).split('/').join('.')
  return settings.find(({ path }) => at === path || at.startsWith(`${path}.`))
}

/** Settings by their names, and the sections that they are in. */
const names: readonly string[] = [
  ...new Set(
    settings.flatMap(({ path }) =>
      path.split('.').map((_, end, all) => all.slice(0, end + 1).join('.')),
    ),
  ),
]

function fault(tree: Node, error: ErrorObject): string {
  const at = error.instancePath.slice(1).split('/').join('.')
  if (error.keyword === 'additionalProperties') {
    const parts = [at, String(error.params['additionalProperty'])].filter((part) => part !== '')
    const name = parts.join('.')
    return `${name}: is no setting${meant(name, names)}; docs/settings.md lists them all`
  }
  const setting = settingOf(error)
  if (!setting && !isNode(valueAt(tree, at))) return `${at}: expected a section with settings in it`
  if (!setting) return `${at || 'the file'}: ${error.message}`
  return `${setting.path} (${setting.env}): got ${shown(tree, setting)}, expected ${setting.allowed}`
}

// Schemas of our own are not looked at for faults at each start: that takes longer than all else here.
const ajv = new Ajv({
  allErrors: true,
  strict: false,
  meta: false,
  validateSchema: false,
  code: { optimize: false },
})
const validate = ajv.compile<Settings>({ ...Settings })

/** What no text of a setting holds on purpose: such a value would look right and be another one. */
const hidden = /[\p{Cc}\u2028\u2029\uFEFF]/u

function isHidden(value: unknown): boolean {
  if (typeof value === 'string') return hidden.test(value)
  return typeof value === 'object' && value !== null && Object.values(value).some(isHidden)
}

function hiddenFault({ path, env }: Setting): string {
  return `${path} (${env}): has a line break or another control character in it, perhaps at its end: write it without`
}

/** A number or a flag is read without what hides around it; whoever wrote that meant something else. */
function hiddenIn(environment: Environment, given: Node): readonly string[] {
  return settings
    .filter(({ path, env }) => !Array.isArray(valueAt(given, path)) && isHidden(environment[env]))
    .map(hiddenFault)
}

function keepValid(tree: Node, defaults: Node, faulty: ReadonlySet<string | undefined>): Node {
  return settings
    .filter(({ path }) => !faulty.has(path) && valueAt(tree, path) !== undefined)
    .map(({ path }) => nest(path, valueAt(tree, path)))
    .reduce(merge, defaults)
}

/** Checks each value by the schema, then what must fit together; what is faulty counts as default. */
function check(tree: Node, defaults: Node, known: readonly string[]): Settings {
  const errors = validate(tree) ? [] : (validate.errors ?? [])
  const hiding = settings.filter(({ path }) => isHidden(valueAt(tree, path)))
  const faulty = new Set([...errors.map(settingOf), ...hiding].map((setting) => setting?.path))
  const faults = [
    ...errors.map((error) => fault(tree, error)),
    ...hiding.map(hiddenFault),
    ...known,
  ]
  const usable: unknown = faulty.size === 0 ? tree : keepValid(tree, defaults, faulty)
  if (!validate(usable)) throw new ConfigurationError([...new Set(faults)])
  const all = [...faults, ...rules.flatMap((rule) => rule(usable))]
  if (all.length > 0) throw new ConfigurationError([...new Set(all)], usable.log.format)
  return usable
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
  const given = fromEnvironment(environment)
  const layers = [defaults, ...(file ? [readYaml(file)] : []), given]
  const { tree, faults, warnings } = readSecretFiles(layers.reduce(merge, {}))
  const checked = check(tree, defaults, [...faults, ...hiddenIn(environment, given)])
  return {
    settings: freeze(complete(checked)),
    warnings: [...environmentWarnings(environment), ...warnings],
  }
}
