import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, test } from '@jest/globals'

const src = resolve(import.meta.dirname, '../src')

/** Which part of the tree may import which: the rows of the map in src/README.md. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  main: ['config', 'server', 'telemetry'],
  cli: ['main', 'server', 'sdk', 'config', 'signing', 'storage', 'domain', 'telemetry'],
  server: ['oauth', 'api', 'storage', 'signing', 'telemetry', 'config', 'http', 'domain'],
  oauth: ['http', 'domain'],
  api: ['http', 'domain'],
  sdk: [],
  storage: ['domain'],
  signing: ['domain'],
  telemetry: [],
  config: [],
  http: ['domain'],
  domain: [],
}

/** Packages and built-in modules that only one part may touch. */
const owners: Readonly<Record<string, string>> = {
  'oidc-provider': 'oauth',
  mongodb: 'storage/mongo',
  'node:sqlite': 'storage/sqlite',
  winston: 'telemetry',
  commander: 'cli',
  yaml: 'config',
}

const strangersToKoa = ['domain', 'signing', 'storage', 'telemetry', 'config', 'sdk', 'cli']

interface Import {
  readonly file: string
  readonly to: string
}

function sources(dir: string): string[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
}

const pattern =
  /(?:^|\n)\s*(?:import|export)\s[^'"]*?from\s+['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)|(?:^|\n)import\s+['"]([^'"]+)['"]/g

function imports(): Import[] {
  return sources(src).flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(pattern)].map((match) => ({
      file: relative(src, file),
      to: match[1] ?? match[2] ?? match[3] ?? '',
    })),
  )
}

/** The part that a file belongs to: its folder; files at the top are the server, but for main. */
function part(file: string): string {
  if (!file.includes('/')) return file === 'main.ts' ? 'main' : 'server'
  return file.split('/')[0] ?? ''
}

function target({ file, to }: Import): string {
  return part(relative(src, resolve(src, dirname(file), to)))
}

const all = imports()

describe('the direction of imports', () => {
  test('every part of the tree has a row in the table', () => {
    const parts = new Set(sources(src).map((file) => part(relative(src, file))))
    expect([...parts].filter((name) => !(name in allowed))).toEqual([])
  })

  test('no file imports upwards or sideways', () => {
    const wrong = all
      .filter(({ to }) => to.startsWith('.'))
      .filter((found) => {
        const [from, to] = [part(found.file), target(found)]
        return from !== to && !allowed[from]?.includes(to)
      })
      .map(({ file, to }) => `${file} imports ${to}`)
    expect(wrong).toEqual([])
  })

  test('one dialect never imports another', () => {
    const dialect = (path: string) => /^api\/([^/]+)\//.exec(path)?.[1]
    const wrong = all
      .filter(({ file, to }) => dialect(file) !== undefined && to.startsWith('.'))
      .filter(({ file, to }) => {
        const other = dialect(relative(src, resolve(src, dirname(file), to)))
        return other !== undefined && other !== dialect(file)
      })
    expect(wrong).toEqual([])
  })

  test('a package that one part owns is imported by no other', () => {
    const wrong = all.filter(
      ({ file, to }) => owners[to] !== undefined && !file.startsWith(owners[to]),
    )
    expect(wrong).toEqual([])
  })

  test('the domain imports nothing from outside but digests and random bytes', () => {
    const wrong = all
      .filter(({ file, to }) => part(file) === 'domain' && !to.startsWith('.'))
      .filter(({ to }) => to !== 'node:crypto')
    expect(wrong).toEqual([])
  })

  test('Koa is unknown to everything that does not speak HTTP', () => {
    const wrong = all.filter(
      ({ file, to }) => strangersToKoa.includes(part(file)) && /^(koa|@koa\/)/.test(to),
    )
    expect(wrong).toEqual([])
  })

  test('only the configuration reads the environment', () => {
    const readers = sources(src)
      .filter((file) => readFileSync(file, 'utf8').includes('process.env'))
      .map((file) => part(relative(src, file)))
    expect(new Set(readers)).toEqual(new Set(['config']))
  })

  test('files stay within 250 lines', () => {
    const long = sources(src)
      .map(
        (file) => [relative(src, file), readFileSync(file, 'utf8').split('\n').length - 1] as const,
      )
      .filter(([, lines]) => lines > 250)
    expect(long).toEqual([])
  })
})
