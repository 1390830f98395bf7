import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach } from '@jest/globals'
import { folderPlace } from '../../src/signing/folder.ts'
import { rotate } from '../../src/signing/rotate.ts'

const made: string[] = []

afterEach(async () => {
  for (const dir of made.splice(0)) await rm(dir, { recursive: true, force: true })
})

/** A keys folder of its own for a test, with a clock that only the test moves. */
export async function keysFolder() {
  const parent = await mkdtemp(join(tmpdir(), 'ostiary-keys-'))
  made.push(parent)
  const dir = join(parent, 'keys')
  let at = Date.UTC(2027, 0, 1)
  const place = folderPlace(dir)
  const options = { place, alg: 'ES256', now: () => at, maxTokenLifetimeSeconds: 3600 } as const
  return {
    parent,
    dir,
    options,
    now: () => at,
    pass: (seconds: number) => {
      at += seconds * 1000
    },
    file: (kid: string) => join(dir, `${kid}.json`),
    files: async () => (await readdir(dir)).sort(),
    rotate: (publishSeconds = 600) => rotate({ ...options, publishSeconds }),
  }
}

/** The only member of a list. */
export function only<T>(list: readonly T[]): T {
  const [first] = list
  if (first === undefined || list.length > 1) throw new Error(`${list.length} instead of one`)
  return first
}
