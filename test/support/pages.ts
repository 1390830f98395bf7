import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'

const docs = resolve(import.meta.dirname, '../../docs')

/** The end of a heading's part is the next heading; what begins with # within a block is none. */
const fenceOrHeading = /^```(\w*)\n([\s\S]*?)^```$|^#{1,6} .+$/gm

/**
 * The blocks of code that stand below a heading of a page of docs, as they are printed; those without
 * a language are commands. Fails when there are none.
 */
export function printedBlocks(page: string, heading: string, language = ''): readonly string[] {
  const text = readFileSync(resolve(docs, page), 'utf8')
  const [, below = ''] = `\n${text}`.split(`\n${heading}\n`)
  const found: string[] = []
  for (const [, name, code] of below.matchAll(fenceOrHeading)) {
    if (code === undefined) break
    if (name === language) found.push(code)
  }
  if (found.length > 0) return found
  throw new Error(`docs/${page} has no ${language || 'commands'} below ${heading}`)
}
