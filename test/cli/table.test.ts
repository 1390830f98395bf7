import { describe, expect, test } from '@jest/globals'
import stringWidth from 'string-width'
import { type Column, table, tableFor } from '../../src/cli/table.ts'
import { plain } from '../../src/cli/terminal.ts'

const columns: readonly Column[] = [
  { title: 'ID' },
  { title: 'NAME', least: 6 },
  { title: 'STATE' },
  { title: 'CREATED', isExtra: true },
]
const rows = [
  ['ost_1', 'orders', 'enabled', '2030-01-01'],
  ['ost_2', '订单服务 – 上海', 'disabled', '2030-01-02'],
  ['ost_3', '🚀🚀🚀 rockets of all kinds', 'enabled', '2030-01-03'],
]

describe('a table', () => {
  test('is as wide as its cells where there is no bound', () => {
    expect(table(columns, rows.slice(0, 1), Number.POSITIVE_INFINITY)).toEqual([
      'ID     NAME    STATE    CREATED',
      'ost_1  orders  enabled  2030-01-01',
    ])
  })

  test('goes on below where a last column is prose, between words', () => {
    const prose: readonly Column[] = [{ title: 'NAME' }, { title: 'WHAT IT DOES', isProse: true }]
    const told = [
      ['one', 'reads 订单 and whatever else there is of it'],
      ['second', 'nothing'],
      ['third', 'a-word-that-is-longer-than-its-column ends'],
    ]
    expect(table(prose, told, 32)).toEqual([
      'NAME    WHAT IT DOES',
      'one     reads 订单 and whatever',
      '        else there is of it',
      'second  nothing',
      'third   a-word-that-is-longer-than-its-column',
      '        ends',
    ])
    expect(table(prose, told, Number.POSITIVE_INFINITY)).toHaveLength(4)
    // Where hardly any room is left, the terminal breaks it.
    expect(table(prose, told, 12)).toHaveLength(4)
  })

  test('counts Chinese characters and emoji as two columns', () => {
    const lines = table(columns, rows, Number.POSITIVE_INFINITY)
    const widths = lines.map((line) => stringWidth(line.slice(0, line.search(/STATE|enabled|dis/))))
    expect(new Set(widths).size).toBe(1)
  })

  test('cuts what may be cut, between characters and never within one', () => {
    expect(table(columns, rows, 40)).toEqual([
      'ID     NAME         STATE     CREATED',
      'ost_1  orders       enabled   2030-01-01',
      'ost_2  订单服务 –…  disabled  2030-01-02',
      'ost_3  🚀🚀🚀 roc…  enabled   2030-01-03',
    ])
  })

  test('leaves out the last extra column before it cuts below the least', () => {
    const lines = table(columns, rows, 32)
    expect(lines[0]).toMatch(/^ID {5}NAME +STATE$/)
    for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(32)
  })

  test('never cuts an id, however narrow the terminal', () => {
    expect(table(columns, rows, 10).map((line) => line.split(' ')[0])).toEqual([
      'ID',
      'ost_1',
      'ost_2',
      'ost_3',
    ])
  })

  test('laid out by its first rows cuts later names on a terminal, and nothing in a pipe', () => {
    const later = ['ost_10000', 'orders of Berlin', 'enabled', '2030-01-04']
    const { row } = tableFor(columns, rows.slice(0, 1), 60)
    expect(row(later)).toBe('ost_10000  order…  enabled  2030-01-04')
    const piped = tableFor(columns, rows.slice(0, 1), Number.POSITIVE_INFINITY)
    expect(piped.row(later)).toContain('  orders of Berlin  ')
  })
})

test('a name goes to the terminal without joiners, and with escapes for what cannot be seen', () => {
  const given = 'a\u001b[2Jb\u009bc\u2028d\u202ee\u3164'
  expect(plain(given)).toBe('a\\u001b[2Jb\\u009bc\\u2028d\\u202ee\\u3164')
  expect(plain('👨\u200d👩\u200d👧 ❤\ufe0f')).toBe('👨👩👧 ❤')
})
