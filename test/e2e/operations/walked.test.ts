import { readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, test } from '@jest/globals'

const read = (path: string) => readFileSync(resolve(import.meta.dirname, path), 'utf8')

/** Headings with blocks of commands below them; what a container runs is tried where there is one. */
function headingsWithCommands(): string[] {
  const found = new Set<string>()
  let heading = ''
  for (const [line, name] of read('../../../docs/operations.md').matchAll(
    /^```(\w*)\n[\s\S]*?^```$|^#{1,6} .+$/gm,
  )) {
    if (name === undefined) heading = line
    else if (name === '') found.add(heading)
  }
  found.delete('## Running')
  return [...found].sort()
}

test('every operation that the page prints commands for is walked through by a test', () => {
  const tests = readdirSync(import.meta.dirname)
    .map(read)
    .join('\n')
  const walked = new Set(
    [...tests.matchAll(/'(#{2,3} [^']+)'/g)].map(([, heading = '']) => heading),
  )
  expect([...walked].sort()).toEqual(expect.arrayContaining(headingsWithCommands()))
  expect(headingsWithCommands().length).toBeGreaterThan(10)
})
