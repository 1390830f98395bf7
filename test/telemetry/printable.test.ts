import { Writable } from 'node:stream'
import { expect, test } from '@jest/globals'
import { logLine, openLogger } from '../../src/telemetry/logger.ts'
import { printable } from '../../src/telemetry/printable.ts'

/** What steers a terminal, or is not seen. */
const tricks: readonly (readonly [string, string])[] = [
  ['a line break', '\n'],
  ['an escape', '\u001b'],
  ['a control sequence of one character', '\u009b'],
  ['a next line', '\u0085'],
  ['a line separator', '\u2028'],
  ['a paragraph separator', '\u2029'],
  ['an override of the direction', '\u202e'],
  ['an isolate', '\u2066'],
  ['a mark of the direction', '\u061c'],
  ['a joiner', '\u200d'],
  ['a soft hyphen', '\u00ad'],
  ['a byte order mark', '\ufeff'],
  ['half a surrogate pair', '\ud800'],
  ['a filler', '\u3164'],
  ['a variation selector', '\ufe0f'],
  ['a tag', '\u{e0041}'],
  ['a character of private use', '\ue000'],
]

const seen = /^[^\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]*$/u

test.each(tricks)('%s is written as an escape that JSON reads back', (_, trick) => {
  const text = printable(JSON.stringify({ kid: `a${trick}b` }))
  expect(text).toMatch(seen)
  expect(JSON.parse(text)).toEqual({ kid: `a${trick}b` })
})

test('what can be seen stays as it is', () => {
  const text = 'Straße Ελλάδα 東京 שלום é \u{1f600} "quoted" \\n'
  expect(printable(text)).toBe(text)
})

test.each(['json', 'text'] as const)(
  'a line of the log has nothing unseen in it (%s)',
  (format) => {
    let lines = ''
    const stream = new Writable({
      decodeStrings: false,
      write(chunk, _encoding, done) {
        lines += String(chunk)
        done()
      },
    })
    const log = openLogger({ level: 'info', format, stream })
    for (const [, trick] of tricks) {
      log.info(`message ${trick}`, { kid: trick, [trick]: [{ deep: trick }] })
      lines += logLine(format, { level: 'error', message: trick, fields: { reason: trick } })
    }
    const all = lines.trimEnd().split('\n')
    expect(all).toHaveLength(2 * tricks.length)
    for (const line of all) expect(line).toMatch(seen)
  },
)
