import { widthOf } from './width.ts'

/** A column of a table. */
export interface Column {
  readonly title: string
  /** Its cells may be cut down to this width, where there is no room; absent: never cut. */
  readonly least?: number
  /** Left out where there is no room: `show` or `--json` has it. */
  readonly isExtra?: boolean
  /** Prose, in the last column: where there is no room it goes on below, between words. */
  readonly isProse?: boolean
}

type Row = readonly string[]

const gap = '  '
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** A text of at most this many columns of a terminal; what was cut off is an ellipsis. */
function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text
  let kept = ''
  for (const { segment } of graphemes.segment(text)) {
    if (widthOf(kept + segment) > width - 1) break
    kept += segment
  }
  return `${kept}…`
}

/** A text that is as wide as its column: as many Chinese characters as Latin ones are twice as wide. */
export function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)))
}

const left = 0
const isShown = (width: number) => width !== left

function total(widths: readonly number[]): number {
  const shown = widths.filter(isShown)
  return shown.reduce((sum, width) => sum + width, gap.length * (shown.length - 1))
}

/** Which column gives way next: the widest of those that may be cut further; -1 for none. */
function widestToCut(columns: readonly Column[], widths: readonly number[]): number {
  const spare = columns.map(({ least }, at) => {
    const width = widths[at] ?? left
    return least !== undefined && width > least ? width : left
  })
  const most = Math.max(...spare)
  return most === left ? -1 : spare.indexOf(most)
}

/** Takes what is too much from the columns that may be cut, so that they end equally wide. */
function cutColumns(columns: readonly Column[], natural: readonly number[], room: number) {
  const widths = [...natural]
  while (total(widths) > room) {
    const at = widestToCut(columns, widths)
    if (at === -1) break
    widths[at] = (widths[at] ?? left) - 1
  }
  return widths
}

/** How wide each column is in this room; 0 for one that is left out. */
function fitted(columns: readonly Column[], natural: readonly number[], room: number): number[] {
  const widths = cutColumns(columns, natural, room)
  const extra = columns.findLastIndex(({ isExtra }, at) => isExtra && isShown(natural[at] ?? left))
  if (total(widths) <= room || extra === -1) return widths
  return fitted(columns, natural.with(extra, left), room)
}

function line(cells: Row, widths: readonly number[]): string {
  return widths
    .flatMap((width, at) => (isShown(width) ? [padded(cut(cells[at] ?? '', width), width)] : []))
    .join(gap)
    .trimEnd()
}

/** So much room prose has at least: in less, a terminal may break it as it will. */
const leastProse = 20

/** A text in lines of at most this width; a word that is wider has a line of its own. */
function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const longer = `${lines.at(-1)} ${word}`
    if (lines.length > 0 && widthOf(longer) <= width) lines[lines.length - 1] = longer
    else lines.push(word)
  }
  return lines
}

/** The rows in which the last cell goes on below itself. */
function proseRows(cells: Row, widths: readonly number[], room: number): readonly Row[] {
  const before = total(widths.slice(0, -1)) + gap.length
  if (room - before < leastProse) return [cells]
  const others = cells.slice(0, -1)
  return wrapped(cells.at(-1) ?? '', room - before).map((text, at) =>
    at === 0 ? [...others, text] : [...others.map(() => ''), text],
  )
}

/** A table whose columns are as wide as these rows need, within a room. */
export interface Table {
  readonly heading: string
  readonly row: (cells: Row) => string
}

/** Lays out a table by its first rows; those that come later are cut as these are. */
export function tableFor(columns: readonly Column[], rows: readonly Row[], room: number): Table {
  const titles = columns.map(({ title }) => title)
  const natural = titles.map((_, at) =>
    Math.max(...[titles, ...rows].map((row) => widthOf(row[at] ?? ''))),
  )
  const widths = fitted(columns, natural, room)
  const isCut = (at: number) => columns[at]?.least !== undefined && Number.isFinite(room)
  // A later cell that must not be cut is longer than its column rather than wrong.
  const ofRow = (cells: Row) =>
    widths.map((width, at) =>
      isShown(width) && !isCut(at) ? Math.max(width, widthOf(cells[at] ?? '')) : width,
    )
  const isProse = columns.at(-1)?.isProse === true && Number.isFinite(room)
  const row = (cells: Row) =>
    (isProse ? proseRows(cells, widths, room) : [cells])
      .map((part) => line(part, ofRow(part)))
      .join('\n')
  return { heading: line(titles, widths), row }
}

/** All lines of a table. */
export function table(columns: readonly Column[], rows: readonly Row[], room: number): string[] {
  const { heading, row } = tableFor(columns, rows, room)
  return [heading, ...rows.map(row)].flatMap((text) => text.split('\n'))
}
