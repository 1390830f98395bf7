import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { ostiary } from './command-line.ts'

let dir: string

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'ostiary-cli-'))
  await writeFile(join(dir, 'a key.pem'), '')
})

afterAll(() => rm(dir, { recursive: true, force: true }))

const script = async (shell: string) => (await ostiary(['completion', shell])).stdout
/** bash is on every machine that runs these tests; the others where somebody uses them. */
const isThere = (shell: string) => spawnSync(shell, ['-c', 'true']).status === 0
const run = (shell: string, args: readonly string[]) =>
  execFileSync(shell, args, { cwd: dir, encoding: 'utf8' }).trim().split('\n')

async function byBash(...words: readonly string[]): Promise<readonly string[]> {
  const line = ['ostiary', ...words].map((word) => `'${word}'`).join(' ')
  const asked = `COMP_WORDS=(${line}); COMP_CWORD=${words.length}; _ostiary`
  const told = 'printf "%s\\n" "$' + '{COMPREPLY[@]}"'
  return run('bash', ['--norc', '-c', `${await script('bash')}\n${asked}\n${told}`])
}

async function byFish(line: string): Promise<readonly string[]> {
  const file = join(dir, 'ostiary.fish')
  await writeFile(file, await script('fish'))
  const lines = run('fish', ['--no-config', '-c', `source ${file}; complete -C '${line}'`])
  return lines.map((found) => found.split('\t')[0] ?? '')
}

describe('the completions', () => {
  test.each(['bash', 'zsh', 'fish'])('for %s are a script that it accepts', async (shell) => {
    const file = join(dir, `script.${shell}`)
    await writeFile(file, await script(shell))
    if (isThere(shell)) execFileSync(shell, ['-n', file])
    expect(await script(shell)).toContain('revoke-tokens')
  })

  test('complete verbs, and the verbs below them', async () => {
    expect(await byBash('acco')).toEqual(['accounts'])
    expect(await byBash('accounts', 'rev')).toEqual(['revoke-tokens'])
    expect(await byBash('completion', '')).toEqual(['bash', 'zsh', 'fish'])
  })

  test('complete the options of a verb, after options and arguments too', async () => {
    expect(await byBash('accounts', 'delete', 'ost_ci_x', '--y')).toEqual(['--yes'])
    expect(await byBash('--json', 'keys', 'import', '--a')).toEqual(['--alg'])
    expect(await byBash('accounts', 'list', '--url', 'http://x', '--js')).toEqual(['--json'])
  })

  test('complete the value of an option: a word of a few, a file, or nothing', async () => {
    expect(await byBash('keys', 'import', '--alg', 'ES')).toEqual(['ES256'])
    expect(await byBash('token', '--key-file', 'a')).toEqual(['a key.pem'])
    expect(await byBash('token', '--client-id', '')).toEqual([''])
    expect(await byBash('backup', 'a')).toEqual(['a key.pem'])
  })

  test('complete the words that an option has below its own verb', async () => {
    expect(await byBash('companies', 'list', '--state', '')).toEqual(['enabled', 'disabled'])
    expect(await byBash('--json', 'users', 'list', '--state', 'i')).toEqual(['invited'])
    expect(await byBash('accounts', 'list', '--state', 'i')).toEqual([''])
  })

  test('complete in fish as in bash', async () => {
    if (!isThere('fish')) return
    expect(await byFish('ostiary acco')).toEqual(['accounts'])
    expect(await byFish('ostiary accounts delete ost_ci_x --y')).toEqual(['--yes'])
    expect(await byFish('ostiary keys import --alg ES')).toEqual(['ES256'])
    expect(await byFish('ostiary token --key-file a')).toEqual(['a key.pem'])
  })

  test('are for the shells that there are', async () => {
    const { code, stderr } = await ostiary(['completion', 'tcsh'])
    expect([code, stderr]).toEqual([2, expect.stringContaining('bash, zsh, fish')])
  })
})

test('the guide names every verb', async () => {
  const guide = readFileSync(resolve(import.meta.dirname, '../../docs/guide.md'), 'utf8')
  const rows = guide.split('\n').filter((line) => line.startsWith('| `'))
  const [, places = ''] = /^set -g __ostiary_places (.*)$/m.exec(await script('fish')) ?? []
  const verbs = [...places.matchAll(/'([^']+)'/g)].map(([, path = '']) => path.split(' '))
  expect(verbs.length).toBeGreaterThan(20)
  const isNamed = (words: readonly string[]) =>
    rows.some((row) => words.every((word) => new RegExp(`[\`, ]${word}[\`, ]`).test(row)))
  expect(verbs.filter((words) => !isNamed(words))).toEqual([])
})
