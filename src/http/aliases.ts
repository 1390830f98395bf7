import type { IncomingMessage } from 'node:http'

/** Paths by which something is reached besides its own, each with the path that it means. */
export interface Aliases {
  readonly paths: ReadonlyMap<string, string>
  /** Beginnings of paths, each with the beginning that it means. */
  readonly prefixes: readonly (readonly [given: string, meant: string])[]
}

const doubled = '/api/api/'

function meantBy(path: string, { paths, prefixes }: Aliases): string {
  const whole = paths.get(path)
  if (whole !== undefined) return whole
  const prefix = prefixes.find(([given]) => path.startsWith(given))
  return prefix ? `${prefix[1]}${path.slice(prefix[0].length)}` : path
}

/** A request target with its path as everything behind reads it; its query stays as it is. */
export function canonicalTarget(target: string, aliases: Aliases): string {
  // Clients that put /api before every path put it before those that have it already.
  const single = target.startsWith(doubled) ? target.slice('/api'.length) : target
  const [path = ''] = single.split('?', 1)
  return `${meantBy(path, aliases)}${single.slice(path.length)}`
}

/** The targets that were asked for, where they stood for others; by the headers, which every reader shares. */
const asked = new WeakMap<IncomingMessage['headers'], string>()

/** Lets everything behind read a request at the path that its own stands for. */
export function takeAlias(request: IncomingMessage, aliases: Aliases): void {
  const { url = '', headers } = request
  request.url = canonicalTarget(url, aliases)
  if (request.url !== url) asked.set(headers, url)
}

/** The path that was asked for, as far as it is told again: it may be an alias. */
export function pathAsked(request: IncomingMessage, path: string): string {
  const [given = path] = (asked.get(request.headers) ?? path).split('?', 1)
  return given.slice(0, 200)
}
