import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach } from '@jest/globals'
import { launcher, operator } from '../../cli/command-line.ts'
import { compileCache } from '../../support/compile-cache.ts'
import { printedBlocks } from '../../support/pages.ts'
import { startTestServer, type TestServer } from '../../support/server.ts'
import type { TestStore } from '../../support/stores.ts'

const exec = promisify(execFile)

export type Env = Readonly<Record<string, string>>

/** The commands that stand below a heading of the page, block by block. */
export const commands = (heading: string) => printedBlocks('operations.md', heading)

const undo: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step()
})

/** Lets something be done when the test is over, the latest first. */
export function afterwards(step: () => Promise<unknown>): void {
  undo.push(step)
}

/** What an operator puts in the place of what is printed. Fails when a block has no such words. */
export function withOwn(block: string, own: Readonly<Record<string, string>>): string {
  return Object.entries(own).reduce((text, [printed, given]) => {
    if (!text.includes(printed)) throw new Error(`"${printed}" is not in: ${block}`)
    return text.replaceAll(printed, given)
  }, block)
}

/** A folder as an operator has it, with data and keys of its own. */
export interface Place {
  readonly dir: string
  /** The settings that its server runs with. */
  readonly settings: () => Env
  /** The server that runs, or ran last. */
  readonly server: () => TestServer
  /** Starts the server, or starts it again, with other settings where given, on the port it had. */
  readonly start: (settings?: Env) => Promise<TestServer>
  readonly stop: () => Promise<void>
  /** Types commands into a shell with the server's settings, as its first account; what they print. */
  readonly type: (block: string, more?: Env) => Promise<string>
  /** Types commands likewise; the settings of the server that the shell has afterwards. */
  readonly exported: (block: string) => Promise<Env>
}

export interface PlaceOptions {
  readonly env?: Env
  /** The first account, where the store was not made here. */
  readonly admin?: TestServer['admin']
}

/**
 * What npx comes to in a checkout, in half of its time: each verb is typed dozens of times here. The
 * pages for beginners run through npx itself.
 */
const npx = `#!/bin/sh
[ "$1" = ostiary ] && shift && exec node '${launcher}' "$@"
echo "npx: there is no $1 here" >&2
exit 127
`

async function newFolder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'ostiary-operations-'))
  afterwards(() => rm(dir, { recursive: true, force: true }))
  await mkdir(join(dir, 'bin'))
  await writeFile(join(dir, 'bin', 'npx'), npx, { mode: 0o755 })
  return dir
}

/** Runs commands in bash with an environment and nothing of ours; resolves with what they print. */
async function typed(block: string, cwd: string, env: Env): Promise<string> {
  const path = `${join(cwd, 'bin')}:${dirname(process.execPath)}:${process.env['PATH']}`
  const { stdout } = await exec('bash', ['-euo', 'pipefail', '-c', block], {
    cwd,
    env: { PATH: path, HOME: cwd, ...compileCache, ...env },
  })
  return stdout
}

/** What says who asks; the rest of our variables are settings. */
const asked: ReadonlySet<string> = new Set([
  'OSTIARY_URL',
  'OSTIARY_CLIENT_ID',
  'OSTIARY_CLIENT_SECRET',
  'OSTIARY_CLIENT_KEY',
])

function nameAndValue(line: string): readonly [string, string] {
  const [name = '', ...rest] = line.split('=')
  return [name, rest.join('=')]
}

/** Makes a place on a store, not started yet. */
export async function newPlace(store: TestStore, options: PlaceOptions = {}): Promise<Place> {
  const dir = await newFolder()
  const fresh = store.fresh()
  afterwards(fresh.leave)
  let env: Env = { ...fresh.env, ...options.env }
  let { admin } = options
  let running: TestServer | undefined
  let last: TestServer | undefined
  const stop = async () => {
    await running?.close()
    running = undefined
  }
  afterwards(stop)
  const server = () => {
    if (last === undefined) throw new Error('no server was started yet')
    return last
  }
  const type = (block: string, more: Env = {}) =>
    typed(block, dir, { ...env, ...(last && operator(last)), ...more })
  return {
    ...{ dir, server, stop },
    settings: () => env,
    async start(given = env) {
      await stop()
      const beside = { dir, env: { ...given } }
      running = await startTestServer({ beside, ...(admin && { admin }) })
      last = running
      admin ??= running.admin
      env = { ...given, OSTIARY_HTTP_PORT: new URL(running.url).port }
      return running
    },
    type,
    async exported(block) {
      const lines = (await type(`${block}\nenv -0`)).split('\0')
      const isSetting = (name: string) => /^OSTIARY_/.test(name) && !asked.has(name)
      return Object.fromEntries(lines.map(nameAndValue).filter(([name]) => isSetting(name)))
    },
  }
}
