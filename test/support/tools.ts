import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { describe } from '@jest/globals'

function isOnPath(tool: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((dir) => existsSync(join(dir, tool)))
}

interface Need {
  readonly tools: readonly string[]
  /** What is missing then fails the suite. */
  readonly isRequired: boolean
}

/** A suite for machines that have the tools; elsewhere it is counted as skipped, unless required. */
export function describeWithTools(need: Need, title: string, suite: () => void): void {
  const isHere = need.tools.every(isOnPath)
  const run = isHere || need.isRequired ? describe : describe.skip
  run(title, suite)
}
