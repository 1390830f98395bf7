import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import { lenientOutput } from '../../src/telemetry/output.ts'

/** A stream whose writes end when, and as, a test says. */
function heldStream() {
  const texts: string[] = []
  const waiting: ((error?: Error | null) => void)[] = []
  const target = {
    write(text: string, done: (error?: Error | null) => void) {
      texts.push(text)
      waiting.push(done)
    },
  }
  const end = async (error?: Error) => {
    waiting.shift()?.(error)
    await turn()
  }
  return { target, texts, end }
}

function open() {
  const held = heldStream()
  const output = lenientOutput({ target: held.target, lostLine: (lines) => `lost ${lines}\n` })
  return { ...held, output }
}

test('lines of one turn leave in one write', async () => {
  const { output, texts } = open()
  output.write('one\n')
  output.write('two\n')
  await turn()
  expect(texts).toEqual(['one\ntwo\n'])
})

test('what waits for a slow reader is bounded, and what was dropped is told when it reads on', async () => {
  const { output, texts, end } = open()
  const line = `${'x'.repeat(1024 * 1024 - 1)}\n`
  output.write(line)
  await turn()
  for (let n = 0; n < 10; n += 1) output.write(line)
  await end()
  expect(texts.map((text) => text.length)).toEqual([
    line.length,
    'lost 6\n'.length + 4 * line.length,
  ])
  expect(texts[1]).toMatch(/^lost 6\nx/)
  await end()
  expect(texts).toHaveLength(2)
})

test('a write that fails ends nothing: its lines are counted, and told of after one that succeeds', async () => {
  const { output, texts, end } = open()
  const full = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
  output.write('one\n')
  output.write('two\n')
  await turn()
  await end(full)
  output.write('three\n')
  await turn()
  await end(full)
  output.write('four\n')
  await turn()
  await end()
  expect(texts.slice(2)).toEqual(['four\n', 'lost 3\n'])
  await end(full)
  output.write('five\n')
  await turn()
  await end()
  expect(texts.slice(4)).toEqual(['five\n', 'lost 3\n'])
})
