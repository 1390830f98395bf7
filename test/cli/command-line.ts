import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { run } from '../../src/cli/main.ts'
import type { World } from '../../src/cli/world.ts'
import { compileCache } from '../support/compile-cache.ts'
import type { TestServer } from '../support/server.ts'

/** The binary of a checkout. */
export const launcher = resolve(import.meta.dirname, '../../src/cli/bin.js')

export interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
  // biome-ignore lint/suspicious/noExplicitAny: a test says what it expects of an answer
  readonly json: any
}

type Environment = Readonly<Record<string, string>>

function parsed(given: string): unknown {
  try {
    return JSON.parse(given)
  } catch {
    return undefined
  }
}

function sink() {
  let written = ''
  return {
    write: (given: string) => {
      written += given
    },
    text: () => written,
  }
}

/** Runs a command line in this process, with this environment and nothing of ours. */
export async function ostiary(
  args: readonly string[],
  env: Environment = {},
  around: string | Partial<World> = '',
): Promise<Ended> {
  const [out, err] = [sink(), sink()]
  const rest = typeof around === 'string' ? { input: around } : around
  const code = await run(args, { env, stdout: out, stderr: err, ...rest })
  return { code, stdout: out.text(), stderr: err.text(), json: parsed(out.text()) }
}

/** Runs the binary as a process of its own, with this environment and nothing of ours. */
export async function ostiaryProcess(
  args: readonly string[],
  env: Environment = {},
  input = '',
): Promise<Ended> {
  const { PATH = '' } = process.env
  const child = spawn(process.execPath, [launcher, ...args], {
    env: { PATH, ...compileCache, ...env },
  })
  child.stdin.end(input)
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ])
  return { code: Number(code), stdout, stderr, json: parsed(stdout) }
}

/** The environment of an operator who is the first root account. */
export function operator({ url, admin }: TestServer): Record<string, string> {
  return {
    OSTIARY_URL: url,
    OSTIARY_CLIENT_ID: admin.clientId,
    OSTIARY_CLIENT_SECRET: admin.clientSecret,
    OSTIARY_CLIENT_KEY: admin.clientKey,
  }
}
