import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, test } from '@jest/globals'

const src = resolve(import.meta.dirname, '../src')

/** Which part of the tree may import which: the rows of the map in src/README.md. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  main: ['config', 'server', 'telemetry'],
  cli: [
    'main',
    'server',
    'sdk',
    'config',
    'signing',
    'storage',
    'domain',
    'telemetry',
    'files',
    'schema',
  ],
  server: [
    'oauth',
    'api',
    'storage',
    'directory',
    'signing',
    'bcrypt',
    'telemetry',
    'config',
    'http',
    'files',
    'domain',
  ],
  oauth: ['http', 'domain', 'schema'],
  api: ['http', 'domain', 'schema', 'words'],
  sdk: [],
  storage: ['domain', 'files'],
  directory: ['domain'],
  signing: ['domain', 'files'],
  bcrypt: ['files'],
  telemetry: [],
  config: ['files', 'schema', 'words'],
  http: ['domain', 'schema', 'words'],
  files: [],
  domain: [],
  schema: [],
  words: [],
}

/** Packages and built-in modules that only one part may touch. */
const owners: Readonly<Record<string, string>> = {
  'oidc-provider': 'oauth',
  bcryptjs: 'bcrypt',
  mongodb: 'storage/mongo',
  'node:sqlite': 'storage/sqlite',
  winston: 'telemetry',
  commander: 'cli',
  'js-yaml': 'config',
}

const strangersToKoa = [
  'domain',
  'directory',
  'files',
  'signing',
  'storage',
  'telemetry',
  'config',
  'sdk',
  'cli',
]

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

/** The part that a file belongs to: its folder; the one file at the top is a part of its own. */
function part(file: string): string {
  return file.split('/')[0]?.replace(/\.ts$/, '') ?? ''
}

function target({ file, to }: Import): string {
  return part(relative(src, resolve(src, dirname(file), to)))
}

const all = imports()

/** The files of the first circle of imports that is found, in their order; none when there is none. */
function circle(): readonly string[] {
  const arrows = new Map<string, string[]>()
  for (const { file, to } of all.filter((found) => found.to.startsWith('.'))) {
    arrows.set(file, [...(arrows.get(file) ?? []), relative(src, resolve(src, dirname(file), to))])
  }
  const done = new Set<string>()
  const walk = (file: string, path: readonly string[]): readonly string[] => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file]
    if (done.has(file)) return []
    for (const next of arrows.get(file) ?? []) {
      const found = walk(next, [...path, file])
      if (found.length > 0) return found
    }
    done.add(file)
    return []
  }
  for (const file of arrows.keys()) {
    const found = walk(file, [])
    if (found.length > 0) return found
  }
  return []
}

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

  test('no files import each other in a circle', () => {
    expect(circle()).toEqual([])
  })

  test('nothing lies loose at the top but the entry of the process', () => {
    const loose = sources(src).filter((file) => dirname(file) === src)
    expect(loose.map((file) => relative(src, file))).toEqual(['main.ts'])
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

  test('every export has its sentence', () => {
    const declared =
      /^export (?:async |declare |abstract )?(?:function\*?|const|class|interface|type|let) (\w+)/
    const silent = sources(src).flatMap((file) => {
      const lines = readFileSync(file, 'utf8').split('\n')
      return lines.flatMap((line, place) => {
        const before = lines[place - 1] ?? ''
        const isTold = before.endsWith('*/') || before.startsWith('//')
        const name = declared.exec(line)?.[1]
        return name === undefined || isTold ? [] : [`${relative(src, file)} ${name}`]
      })
    })
    expect(silent).toEqual([])
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
