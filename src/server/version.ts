import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'

/** The version of this release, as the package has it. */
export function packageVersion(): string {
  const file = resolve(import.meta.dirname, '../../package.json')
  const { version }: { version: string } = JSON.parse(readFileSync(file, 'utf8'))
  return version
}
