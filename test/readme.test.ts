import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { parse } from 'yaml'
import { isNode, settings } from '../src/config/settings.ts'
import { permissions } from '../src/domain/access/permissions.ts'
import { auditActions } from '../src/domain/audit/actions.ts'
import { problems } from '../src/domain/problem.ts'

const root = resolve(import.meta.dirname, '..')

const read = (file: string) => readFileSync(resolve(root, file), 'utf8')

const readme = read('README.md')

/** The first cells of the table that begins with this heading row. */
function rows(heading: string): Map<string, string> {
  const lines = readme.split('\n')
  const start = lines.findIndex((line) => line.startsWith(`| ${heading} |`))
  const found = new Map<string, string>()
  for (const line of lines.slice(start + 2)) {
    const cells = line.split('|').map((cell) => cell.trim())
    if (cells.length < 4) break
    found.set((cells[1] ?? '').replaceAll('`', ''), line)
  }
  return found
}

function defaultOf(path: string): unknown {
  const tree: unknown = parse(read('config/default.yaml'))
  return path
    .split('.')
    .reduce<unknown>((node, name) => (isNode(node) ? node[name] : undefined), tree)
}

describe('README', () => {
  test('lists every setting with its variable and default', () => {
    const table = rows('setting')
    expect([...table.keys()]).toEqual(settings.map(({ path }) => path))
    for (const { path, env } of settings) {
      const given = defaultOf(path)
      const shown = Array.isArray(given) ? given.join(', ') : String(given)
      expect(given).toBeDefined()
      expect(table.get(path)).toContain(`\`${env}\` | ${shown === '' ? '–' : shown} |`)
    }
  })

  test('lists every permission', () => {
    expect([...rows('permission').keys()]).toEqual(Object.keys(permissions))
  })

  test('lists every error code with its status', () => {
    const table = rows('code')
    expect([...table.keys()]).toEqual(Object.keys(problems))
    for (const [code, status] of Object.entries(problems)) {
      expect(table.get(code)).toContain(`| ${status} |`)
    }
  })

  test('lists every action of the audit log', () => {
    expect([...rows('action').keys()]).toEqual(Object.keys(auditActions))
  })

  test('gives a reason for every runtime dependency', () => {
    const { dependencies }: { dependencies: Record<string, string> } = JSON.parse(
      read('package.json'),
    )
    const text = [...rows('package').keys()].join(' ')
    for (const name of Object.keys(dependencies)) expect(text).toContain(name)
  })
})

describe('the image and the compose file', () => {
  const dockerfile = read('Dockerfile')

  test('copy only files that exist, and all that the server reads', () => {
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)]
      .flatMap(([, files]) => (files ?? '').split(' '))
      .filter((file) => file !== '')
    expect(copied.length).toBeGreaterThan(3)
    const kept = [...dockerfile.matchAll(/^COPY --from=build \/app\/(\S+)/gm)]
      .map(([, file]) => file ?? '')
      .filter((file) => !['dist', 'node_modules'].includes(file))
    expect(kept.length).toBeGreaterThan(1)
    for (const file of [...copied, ...kept]) {
      expect([file, existsSync(resolve(root, file))]).toEqual([file, true])
    }
  })

  test('run only scripts that package.json has', () => {
    const { scripts }: { scripts: Record<string, string> } = JSON.parse(read('package.json'))
    const workflow = read('.github/workflows/ci.yml')
    const named = [...`${dockerfile}\n${workflow}\n${read('.ci/run')}`.matchAll(/npm run (\S+)/g)]
    expect(named.length).toBeGreaterThan(2)
    for (const [, name = ''] of named) expect(Object.keys(scripts)).toContain(name)
  })

  test('run as a user without rights, without development packages, and with a health check', () => {
    expect(dockerfile).toMatch(/^USER node$/m)
    expect(dockerfile).toContain('npm prune --omit=dev')
    expect(dockerfile).toMatch(/^HEALTHCHECK /m)
    expect(dockerfile).toMatch(/^FROM node:24-slim$/m)
  })

  test('start Ostiary beside a MongoDB that keeps its data and asks for a password', () => {
    const compose: unknown = parse(read('compose.yaml'))
    const services = isNode(compose) && isNode(compose['services']) ? compose['services'] : {}
    const { mongo, ostiary } = services
    expect(mongo).toMatchObject({ image: 'mongo:8', volumes: ['mongo:/data/db'] })
    expect(JSON.stringify(mongo)).toContain('MONGO_INITDB_ROOT_PASSWORD')
    expect(ostiary).toMatchObject({ build: '.' })
    const known = new Set(settings.map(({ env }) => env))
    const used = [...JSON.stringify(ostiary).matchAll(/"(OSTIARY_\w+)":/g)].map(([, name]) => name)
    expect(used.filter((name) => !known.has(name ?? ''))).toEqual([])
  })
})
