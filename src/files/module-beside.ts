import { extname } from 'node:path'

/** The URL of a module beside another: sources run as they are, what is built of them as JavaScript. */
export function moduleBeside(url: string, name: string): URL {
  return new URL(`./${name}${extname(url)}`, url)
}
