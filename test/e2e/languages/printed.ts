import { type ExecFileOptions, execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll } from '@jest/globals'
import { printedBlocks } from '../../support/pages.ts'
import { type Credentials, startTestServer, type TestServer } from '../../support/server.ts'
import { describeWithTools } from '../../support/tools.ts'
import { keyClient, secretClient } from '../support/accounts.ts'
import { type KeyClient, rsa } from '../support/assertions.ts'

const exec = promisify(execFile)
export const checkout = resolve(import.meta.dirname, '../../..')

/** The audience that the page names. */
export const audience = 'https://orders.example'

/** The blocks of code of one language that stand below a heading of the page, as they are printed. */
export function printed(heading: string, language: string): readonly string[] {
  return printedBlocks('clients.md', heading, language)
}

/** The first such block. */
export function program(heading: string, language: string): string {
  return printed(heading, language)[0] ?? ''
}

const isRequired = process.env['OSTIARY_TEST_LANGUAGES_REQUIRED'] === 'true'

/** A suite for machines that have the tools; it is counted as skipped elsewhere, and fails in CI. */
export function describeWith(tools: readonly string[], title: string, suite: () => void): void {
  describeWithTools({ tools, isRequired }, title, suite)
}

export interface World {
  readonly server: TestServer
  readonly dir: string
  readonly bySecret: Credentials
  readonly byKey: KeyClient
  /** A token for the audience that the page names, and one for another. */
  readonly good: string
  readonly bad: string
  readonly write: (name: string, text: string) => Promise<string>
  /** Runs a program in the folder; resolves with what it prints. */
  readonly run: (file: string, args: readonly string[], env?: object) => Promise<string>
  /** Runs commands as they are printed. */
  readonly paste: (commands: string) => Promise<string>
  /** The environment of who logs in by secret, and by key. */
  readonly secretEnv: Record<string, string>
  readonly keyEnv: Record<string, string>
}

async function openWorld(): Promise<World> {
  const dir = await mkdtemp(join(tmpdir(), 'ostiary-languages-'))
  const server = await startTestServer({ env: { OSTIARY_SIGNING_ALG: 'RS256' } })
  const given = {
    permissions: ['console.root.view'],
    audiences: [audience, 'https://other.example'],
  }
  const bySecret = await secretClient(server, given)
  // Without a name of its own, a key is called by its thumbprint: the programs do so, too.
  const byKey = await keyClient(server, { jwk: { kid: undefined } }, given)
  const key = join(dir, 'key.pem')
  await writeFile(key, rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }))
  const tokenFor = async (name: string) =>
    (await server.token(bySecret, { audience: name })).body.access_token
  const secretEnv = {
    OSTIARY_URL: server.url,
    OSTIARY_CLIENT_ID: bySecret.clientId,
    OSTIARY_CLIENT_SECRET: bySecret.clientSecret,
  }
  const inFolder = (env: object = secretEnv): ExecFileOptions => ({
    cwd: dir,
    env: { ...process.env, ...env },
  })
  return {
    ...{ server, dir, bySecret, byKey, secretEnv },
    good: await tokenFor(audience),
    bad: await tokenFor('https://other.example'),
    keyEnv: {
      OSTIARY_URL: server.url,
      OSTIARY_CLIENT_ID: byKey.clientId,
      OSTIARY_PRIVATE_KEY_FILE: key,
    },
    write: async (name, text) => {
      await writeFile(join(dir, name), text)
      return join(dir, name)
    },
    run: async (file, args, env) =>
      String((await exec(file, [...args], inFolder(env))).stdout).trim(),
    paste: async (commands) =>
      String((await exec('bash', ['-euo', 'pipefail', '-c', commands], inFolder())).stdout).trim(),
  }
}

/** A server, two accounts and an empty folder for the suite that calls this. */
export function useWorld(
  prepare: (world: World) => Promise<unknown> = async () => {},
): () => World {
  let world: World | undefined
  beforeAll(async () => {
    world = await openWorld()
    await prepare(world)
  })
  afterAll(async () => {
    await world?.server.close()
    if (world) await rm(world.dir, { recursive: true, force: true })
  })
  return () => {
    if (world === undefined) throw new Error('the world is not there yet')
    return world
  }
}
