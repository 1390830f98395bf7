import { expect, test } from '@jest/globals'
import { Command } from 'commander'
import { addVerbs, groups } from '../../src/cli/verbs.ts'

const rows = Object.values(groups).flatMap((verbs) => Object.entries(verbs))
const all = rows.flatMap(([names]) => names.split(' '))
const verbsOf = (program: Command) => program.commands.map((verb) => verb.name())

async function verbsFor(...args: string[]): Promise<string[]> {
  const program = new Command('ostiary')
  await addVerbs(program, args)
  return verbsOf(program)
}

test.each(rows)(
  'the row of %s names the verbs that it adds, and no others',
  async (names, load) => {
    const program = new Command('ostiary')
    const add = await load()
    add(program)
    expect(verbsOf(program).toSorted()).toEqual(names.split(' ').toSorted())
  },
)

test('a verb stands in one row', () => {
  expect(all).toHaveLength(new Set(all).size)
})

test.each([
  [['keys', 'list'], ['keys']],
  [['--json', 'keys', 'list'], ['keys']],
  [
    ['token', 'accounts'],
    ['token', 'verify', 'introspect', 'revoke'],
  ],
])('the command line %j adds the verbs of its row alone', async (args, verbs) => {
  expect((await verbsFor(...args)).toSorted()).toEqual(verbs.toSorted())
})

test.each([
  [[]],
  [['--help']],
  [['--help', 'keys']],
  [['--json', '-h', 'keys']],
  [['help', 'keys']],
  [['completion', 'bash']],
  [['acounts']],
])('the command line %j knows all verbs', async (args) => {
  expect((await verbsFor(...args)).toSorted()).toEqual(all.toSorted())
})
