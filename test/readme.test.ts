import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { load as parse } from 'js-yaml'
import { isNode, settings } from '../src/config/settings.ts'

const root = resolve(import.meta.dirname, '..')
const read = (file: string) => readFileSync(resolve(root, file), 'utf8')
const mostWords = 900
const pages = readdirSync(resolve(root, 'docs'))
  .filter((name) => name.endsWith('.md'))
  .map((name) => `docs/${name}`)
  .concat('src/README.md')

describe('README', () => {
  const readme = read('README.md')

  test('has at most 900 words', () => {
    const words = readme.split(/\s+/).filter((word) => word !== '')
    expect(words.length).toBeLessThanOrEqual(mostWords)
  })

  test('names only scripts that package.json has, and the two commands first', () => {
    const { scripts }: { scripts: Record<string, string> } = JSON.parse(read('package.json'))
    const [first = ''] = /```\n([\s\S]*?)```/.exec(readme)?.slice(1) ?? []
    expect(first).toMatch(/^npm ci && npm start .*\nnpm ci && npm test .*\n$/)
    for (const [, name = ''] of readme.matchAll(/npm run ([a-z]+)/g)) {
      expect(Object.keys(scripts)).toContain(name)
    }
  })

  test('leads to every page of docs and to the map of the sources', () => {
    const linked = [...readme.matchAll(/\]\(([^)#]+)/g)].map(([, file]) => file)
    expect(linked).toEqual(expect.arrayContaining(pages))
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
    // A number, so that Kubernetes sees that it is not root; group 0, so that any user can run it.
    expect(dockerfile).toMatch(/^USER 1000:0$/m)
    expect(dockerfile).toMatch(/install -d -o 1000 -g 0 -m 0770 \/var\/lib\/ostiary$/m)
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
