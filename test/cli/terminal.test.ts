import { expect, test } from '@jest/globals'
import { ostiary } from './command-line.ts'

const trick = 'a\u202eb\u009bc\u2028d'
const seen = /^[^\u202e\u009b\u2028]*$/

test('what was typed is told back in what can be seen', async () => {
  const { code, stderr } = await ostiary([trick])
  expect([code, stderr]).toEqual([2, expect.stringMatching(seen)])
  expect(stderr).toContain('a\\u202eb')
})

test('a failure is told in what can be seen, for people and for programs', async () => {
  const args = ['verify', 'x', '--url', trick]
  const { stderr } = await ostiary(args)
  expect(stderr).toMatch(seen)
  expect(stderr.trimEnd().split('\n').length).toBeGreaterThan(0)
  const json = await ostiary([...args, '--json'])
  expect(json.stderr).toMatch(seen)
  expect(JSON.parse(json.stderr).error.message).toContain('a')
})
