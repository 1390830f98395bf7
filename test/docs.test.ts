import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { load as parse } from 'js-yaml'
import { miaWords } from '../src/api/mia/problems.ts'
import { isNode, settings } from '../src/config/settings.ts'
import { actions } from '../src/domain/access/actions.ts'
import { permissions } from '../src/domain/access/permissions.ts'
import { auditActions } from '../src/domain/audit/actions.ts'
import { refusalReasons } from '../src/domain/credentials/refusal-reasons.ts'
import { problems } from '../src/domain/problem-meanings.ts'
import { sdkCodes } from '../src/sdk/index.ts'

const root = resolve(import.meta.dirname, '..')
const read = (file: string) => readFileSync(resolve(root, file), 'utf8')

/** The cells of each row of the table in a page that begins with this heading row. */
function rows(page: string, heading: readonly string[]): string[][] {
  const lines = read(page).split('\n')
  const start = lines.indexOf(`| ${heading.join(' | ')} |`)
  if (start === -1) throw new Error(`${page} has no table ${heading.join(', ')}`)
  const found: string[][] = []
  for (const line of lines.slice(start + 2)) {
    if (!line.startsWith('|')) break
    found.push(cellsOf(line))
  }
  return found
}

function cellsOf(line: string): string[] {
  return line
    .split(/(?<!\\)\|/)
    .slice(1, -1)
    .map((cell) => cell.trim())
}

const code = (text: string) => `\`${text}\``
/** What Markdown would take for the end of a cell, or for HTML. */
const cell = (text: string) => text.replace(/[|<]/g, '\\$&')

function defaultOf(path: string): unknown {
  const tree: unknown = parse(read('config/default.yaml'))
  return path
    .split('.')
    .reduce<unknown>((node, name) => (isNode(node) ? node[name] : undefined), tree)
}

function shownDefault(path: string): string {
  const given = defaultOf(path)
  expect(given).toBeDefined()
  const shown = Array.isArray(given) ? given.join(', ') : String(given)
  return shown === '' ? '–' : cell(shown)
}

describe('the table of settings', () => {
  const heading = ['setting', 'variable', 'allowed', 'default', 'meaning'] as const
  const table = rows('docs/settings.md', heading)

  test('has every setting in the order of the schema, and no other', () => {
    expect(table.map(([name]) => name)).toEqual(settings.map(({ path }) => code(path)))
  })

  test.each(settings.map((setting) => [setting.path, setting] as const))(
    'says the variable, allowed values, bounds, default and meaning of %s as the schema does',
    (path, { env, allowed, description }) => {
      const row = table.find(([name]) => name === code(path))
      expect(row?.slice(1)).toEqual([
        code(env),
        cell(allowed),
        shownDefault(path),
        cell(description),
      ])
    },
  )
})

describe('the table of permissions', () => {
  const heading = ['permission', 'services that read it may let its holder', 'opens here']
  const table = rows('docs/api.md', heading)

  test('has every permission with its meaning, and no other', () => {
    const expected = Object.entries(permissions).map(([name, meaning]) => [code(name), meaning])
    expect(table.map((row) => row.slice(0, 2))).toEqual(expected)
  })

  test('says that a permission opens something exactly where an action asks for it', () => {
    const needs = Object.values(actions).map(({ grantedBy }) => Object.values(grantedBy).flat())
    const asked = new Set<string>(needs.flat())
    const opening = table.filter(([, , opens]) => opens !== 'nothing').map(([name]) => name)
    expect(opening).toEqual(
      Object.keys(permissions)
        .filter((name) => asked.has(name))
        .map(code),
    )
  })
})

describe('the table of error codes', () => {
  const table = rows('docs/api.md', ['code', 'status', 'meaning', 'remedy'])

  test('has every code with its status, meaning and remedy, and no other', () => {
    const statuses = Object.entries(miaWords).map(([name, [status]]) => [name, status])
    const statusOf = new Map<unknown, unknown>(statuses.map(([name, status]) => [name, status]))
    const expected = Object.entries(problems).map(([name, { meaning, remedy }]) => {
      return [code(name), String(statusOf.get(name)), meaning, remedy]
    })
    expect(table).toEqual(expected)
  })
})

test('the table of audit actions has every action with its meaning, and no other', () => {
  const expected = Object.entries(auditActions).map(([name, meaning]) => [code(name), meaning])
  expect(rows('docs/operations.md', ['action', 'meaning'])).toEqual(expected)
})

test('the table of reasons has every reason of a refused login with its meaning, and no other', () => {
  const expected = Object.entries(refusalReasons).map(([name, meaning]) => [code(name), meaning])
  expect(rows('docs/operations.md', ['reason', 'meaning'])).toEqual(expected)
})

test('the table of codes of the SDK has every code with its meaning, and no other', () => {
  const expected = Object.entries(sdkCodes).map(([name, meaning]) => [code(name), meaning])
  expect(rows('docs/sdk.md', ['code of the SDK', 'meaning'])).toEqual(expected)
})

test('every runtime dependency has a row that says what for and instead of what', () => {
  const { dependencies }: { dependencies: Record<string, string> } = JSON.parse(
    read('package.json'),
  )
  const table = rows('docs/decisions.md', ['package', 'for', 'instead of'])
  const names = table.map(([name]) => name)
  expect(names.toSorted()).toEqual(Object.keys(dependencies).map(code).toSorted())
  expect(table.filter((row) => row.includes(''))).toEqual([])
})

describe('the links of a page', () => {
  const docs = readdirSync(resolve(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`)
  const anchorsOf = (file: string) =>
    [...read(file).matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
      title
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s-]/gu, '')
        .replaceAll(' ', '-'),
    )

  test.each(['README.md', 'src/README.md', 'keys/README.md', ...docs])(
    'lead from %s to files and headings that are there',
    (page) => {
      const links = [...read(page).matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)/g)]
      for (const [link, file = '', anchor] of links) {
        const target = file === '' ? page : resolve(root, dirname(page), file)
        expect([link, existsSync(resolve(root, target))]).toEqual([link, true])
        if (anchor !== undefined) {
          expect([link, anchorsOf(target)]).toEqual([link, expect.arrayContaining([anchor])])
        }
      }
    },
  )
})
