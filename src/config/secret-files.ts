import { statSync } from 'node:fs'
import { readGiven } from '../files/given.ts'
import { textOf } from '../files/reason.ts'
import { largestFile, openFault } from '../files/trust.ts'
import { valueIn } from '../files/value.ts'
import { type Node, type Setting, settings } from './settings.ts'
import { merge, nest, valueAt } from './tree.ts'

/** What was read, what is wrong with it, and what is to be said of it. */
interface Read {
  readonly tree: Node
  readonly faults: readonly string[]
  readonly warnings: readonly string[]
}

interface Pair {
  readonly secret: Setting
  readonly file: Setting
}

/** The setting that names a file for a secret one: `storage.uriFile` for `storage.uri`. */
export function fileSettingOf({ path }: Setting): Setting | undefined {
  return settings.find((other) => other.path === `${path}File`)
}

const pairs: readonly Pair[] = settings.flatMap((secret) => {
  const file = secret.secret ? fileSettingOf(secret) : undefined
  return file ? [{ secret, file }] : []
})

const named = ({ path, env }: Setting) => `${path} (${env})`

/** A list has a line for each of its values. */
function parsed({ type }: Setting, text: string): unknown {
  return type === 'array' ? text.split(/[\r\n]+/).filter((line) => line !== '') : text
}

function unfit(name: string): string | undefined {
  const facts = statSync(name)
  if (facts.size > largestFile) return `${name} has ${facts.size} bytes, expected a value alone`
  return openFault(name, facts, 'file')
}

/** A file that is named must hold something: nothing at all would switch the protection off. */
function contentOf(name: string): { readonly text: string } | { readonly fault: string } {
  try {
    const fault = unfit(name)
    if (fault !== undefined) return { fault }
    const text = valueIn(readGiven(name))
    return text === '' ? { fault: `the file ${name} is empty` } : { text }
  } catch (error) {
    return { fault: `the file cannot be read: ${textOf(error)}` }
  }
}

function readOne(tree: Node, pair: Pair): Read {
  const { secret, file } = pair
  const name = valueAt(tree, file.path)
  if (typeof name !== 'string' || name === '') return { tree, faults: [], warnings: [] }
  const content = contentOf(name)
  if ('fault' in content) {
    return { tree, faults: [`${named(file)}: ${content.fault}`], warnings: [] }
  }
  const isGiven = String(valueAt(tree, secret.path) ?? '') !== ''
  const unused = `${named(secret)} is set and not used: ${named(file)} takes its place`
  return {
    tree: merge(tree, nest(secret.path, parsed(secret, content.text))),
    faults: [],
    warnings: isGiven ? [unused] : [],
  }
}

/** Puts what the files hold that are named for secrets in their places. */
export function readSecretFiles(tree: Node): Read {
  return pairs.reduce<Read>(
    (read, pair) => {
      const next = readOne(read.tree, pair)
      return {
        tree: next.tree,
        faults: [...read.faults, ...next.faults],
        warnings: [...read.warnings, ...next.warnings],
      }
    },
    { tree, faults: [], warnings: [] },
  )
}
