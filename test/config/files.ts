import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from '@jest/globals'
import { ConfigurationError, loadSettings } from '../../src/config/load.ts'

const dir = mkdtempSync(join(tmpdir(), 'ostiary-config-'))
afterAll(() => rmSync(dir, { recursive: true }))

let written = 0

/** A file of these contents, for as long as the tests run. */
export function fileWith(content: string | Uint8Array): string {
  written += 1
  const file = join(dir, `${written}.yaml`)
  writeFileSync(file, content)
  return file
}

/** What is wrong with a configuration; nothing when it is good. */
export function faultsOf(env: Record<string, string>): readonly string[] {
  try {
    loadSettings(env)
    return []
  } catch (error) {
    if (error instanceof ConfigurationError) return error.faults
    throw error
  }
}

export const load = (env: Record<string, string> = {}) => loadSettings(env).settings
