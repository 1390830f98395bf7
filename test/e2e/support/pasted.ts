import { execFile } from 'node:child_process'
import { symlink } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { compileCache } from '../../support/compile-cache.ts'
import type { TestServer } from '../../support/server.ts'

const run = promisify(execFile)

/** The folder of the sources. */
export const checkout = resolve(import.meta.dirname, '../../..')

/** Makes the folder of a server what its owner sees: the checkout, with data and keys of its own. */
export async function asCheckout({ dir }: TestServer): Promise<void> {
  for (const name of ['package.json', 'config', 'src', 'test', 'node_modules']) {
    await symlink(join(checkout, name), join(dir, name))
  }
}

/** Runs the command line as npx does, without loading npm each time: that takes longer than most verbs. */
const quickNpx =
  'npx() { if [ "$1" = ostiary ]; then shift; node_modules/.bin/node src/cli/bin.js "$@"; else command npx "$@"; fi; }'

/** Pastes commands into a bash shell in the folder of a server; what they print. */
export async function paste(
  { dir }: TestServer,
  commands: string,
  { npx = 'quick' }: { readonly npx?: 'quick' | 'real' } = {},
): Promise<string> {
  // A home of its own: what is kept there is not this user's.
  const env = { ...process.env, ...compileCache, HOME: dir, XDG_CONFIG_HOME: undefined }
  const pasted = npx === 'real' ? commands : `${quickNpx}\n${commands}`
  const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', pasted], { cwd: dir, env })
  return stdout
}
