/** Paths by which something is reached besides its own, each with the path that it means. */
export type Aliases = ReadonlyMap<string, string>

const doubled = '/api/api/'

/** A request target with its path as everything behind reads it; its query stays as it is. */
export function canonicalTarget(target: string, aliases: Aliases): string {
  // Clients that put /api before every path put it before those that have it already.
  const single = target.startsWith(doubled) ? target.slice('/api'.length) : target
  const [path = ''] = single.split('?', 1)
  const meant = aliases.get(path)
  return meant === undefined ? single : `${meant}${single.slice(path.length)}`
}
