import { isNode, type Node } from './settings.ts'

/** Puts one tree of settings over another, section by section. */
export function merge(base: Node, over: Node): Node {
  const merged: Record<string, unknown> = { ...base }
  for (const [name, value] of Object.entries(over)) {
    const below = merged[name]
    // A section without settings is what is left when all of them are comments.
    const given = isNode(below) && value === null ? {} : value
    merged[name] = isNode(below) && isNode(given) ? merge(below, given) : given
  }
  return merged
}

/** The tree in which nothing is set but this. */
export function nest(path: string, value: unknown): Node {
  const [first = '', ...rest] = path.split('.')
  return { [first]: rest.length === 0 ? value : nest(rest.join('.'), value) }
}

/** What a tree has at a path. */
export function valueAt(tree: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((node, name) => (isNode(node) ? node[name] : undefined), tree)
}
