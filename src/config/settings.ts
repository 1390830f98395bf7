import { Settings } from './schema.ts'

/** One setting as the catalogue, the environment and the error messages know it. */
export interface Setting {
  readonly path: string
  readonly env: string
  readonly type: string
  readonly allowed: string
  readonly description: string
  readonly secret: boolean
}

/** A section of the configuration: settings and further sections by name. */
export type Node = Readonly<Record<string, unknown>>

/** Whether a value is a section. */
export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const snake = (name: string) => name.replace(/[A-Z]/g, '_$&').toUpperCase()

/** `http.allowedHosts` is set by `OSTIARY_HTTP_ALLOWED_HOSTS`. */
function environmentName(path: string): string {
  return `OSTIARY_${path.split('.').map(snake).join('_')}`
}

function childOf(node: Node, name: string): Node {
  const child = node[name]
  return isNode(child) ? child : {}
}

/** What a text must look like: in words where it has a form, by its length otherwise. */
function allowedText({ expected, minLength, maxLength }: Node): string {
  if (typeof expected === 'string') return expected
  if (maxLength === undefined)
    return minLength === 1 ? 'a text, not empty' : `a text of at least ${minLength} characters`
  return `a text of ${minLength === undefined ? 'at most' : `${minLength} to`} ${maxLength} characters`
}

/** Whether a setting is a list of objects, which no commas can part. */
const isOfObjects = (node: Node) => childOf(node, 'items')['type'] === 'object'

function allowedList(node: Node): string {
  const each = allowedText(childOf(node, 'items'))
  const inEnvironment = isOfObjects(node) ? 'JSON' : 'separated by commas'
  return `a list of at most ${node['maxItems']} (in the environment: ${inEnvironment}), each ${each}`
}

function allowed(node: Node): string {
  if (Array.isArray(node['enum'])) return node['enum'].join(', ')
  if (node['type'] === 'integer')
    return `a whole number from ${node['minimum']} to ${node['maximum']}`
  if (node['type'] === 'boolean') return 'true or false'
  return node['type'] === 'array' ? allowedList(node) : allowedText(node)
}

function leaves(node: Node, path: string): Setting[] {
  if (isNode(node['properties'])) {
    const below = path === '' ? '' : `${path}.`
    return Object.entries(node['properties']).flatMap(([name, child]) =>
      isNode(child) ? leaves(child, `${below}${name}`) : [],
    )
  }
  return [
    {
      path,
      env: environmentName(path),
      type: isOfObjects(node) ? 'objects' : String(node['type']),
      allowed: allowed(node),
      description: String(node['description']),
      secret: node['secret'] === true,
    },
  ]
}

/** The catalogue of all settings, in the order of the schema. */
export const settings: readonly Setting[] = leaves({ ...Settings }, '')
