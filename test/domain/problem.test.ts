import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { Problem } from '../../src/domain/problem.ts'
import { problems } from '../../src/domain/problem-meanings.ts'

const src = resolve(import.meta.dirname, '../../src')
const sources = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => readFileSync(join(src, name), 'utf8'))

describe('the codes of problems', () => {
  test.each(Object.keys(problems))('%s is thrown somewhere', (code) => {
    const thrown = new RegExp(`new Problem\\(\\s*'${code.replace('.', '\\.')}'|absent: '${code}'`)
    expect(sources.some((text) => thrown.test(text))).toBe(true)
  })

  test.each(Object.entries(problems))('%s has a meaning and a remedy', (_, row) => {
    expect(row.meaning).toMatch(/^\S.{15,}[^.]$/)
    expect(row.remedy).toMatch(/^\S.{10,}[^.]$/)
  })

  test('tell the log what belongs to them, and keep the cause for it', () => {
    const cause = new Error('behind it')
    const problem = new Problem('name.taken', { key: 'name' }, cause)
    expect(problem).toMatchObject({ message: 'name.taken {"key":"name"}', cause })
  })
})
