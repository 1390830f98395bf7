import { createRequire } from 'node:module'
import type stringWidth from 'string-width'

let widthOfAny: typeof stringWidth | undefined

/** How many columns of a terminal a text takes. Most are ASCII; what knows all others is slow to load. */
export function widthOf(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length
  const load = (): { readonly default: typeof stringWidth } =>
    createRequire(import.meta.url)('string-width')
  widthOfAny ??= load().default
  return widthOfAny(text)
}
