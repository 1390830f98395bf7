import { nextTurn } from './streamed.ts'
import { Stretch } from './stretch.ts'

/** The JSON of rows that are kept. */
const texts = new WeakMap<object, string>()

/** Shows what lives longer than one list, once: its row and the JSON of that are kept as long as the item is. */
export function keptRow<T extends object, Row extends object>(
  show: (item: T) => Row,
): (item: T) => Row {
  const rows = new WeakMap<T, Row>()
  return (item) => {
    const kept = rows.get(item)
    if (kept) return kept
    const row = show(item)
    rows.set(item, row)
    texts.set(row, JSON.stringify(row))
    return row
  }
}

function textOf(row: unknown): string {
  const kept = typeof row === 'object' && row !== null ? texts.get(row) : undefined
  return kept ?? JSON.stringify(row)
}

/** What is made of each, when it is asked for. */
function* each<T, Row>(items: Iterable<T>, show: (item: T) => Row): Iterable<Row> {
  for (const item of items) yield show(item)
}

/** So many items are read at once: what they are read from is asked for all of them together. */
const readAtOnce = 100

/** The rows of a list, which are made when they are written: a long list holds up nobody else. */
export class Rows<Row> {
  /** Some at a time; each is made when it is asked for. */
  readonly #parts: () => AsyncIterable<Iterable<Row>>

  private constructor(parts: () => AsyncIterable<Iterable<Row>>) {
    this.#parts = parts
  }

  /** A row for each item. */
  static of<T, Row>(items: readonly T[], show: (item: T) => Row): Rows<Row> {
    return new Rows(async function* part() {
      yield each(items, show)
    })
  }

  /**
   * A row for each item that is read for those that are listed: no more of them are held than are being shown. A
   * store that reads at once is asked again in another turn.
   */
  static read<L, T, Row>(
    listed: readonly L[],
    read: (some: readonly L[]) => Promise<readonly T[]>,
    show: (item: T) => Row,
  ): Rows<Row> {
    return new Rows(async function* parts() {
      for (let from = 0; from < listed.length; from += readAtOnce) {
        if (from > 0) await nextTurn()
        const items = await read(listed.slice(from, from + readAtOnce))
        yield each(items, show)
      }
    })
  }

  /** Each row in another form. */
  map<Other>(show: (row: Row) => Other): Rows<Other> {
    const parts = this.#parts
    return new Rows(async function* others() {
      for await (const some of parts()) yield each(some, show)
    })
  }

  /** The parts of their JSON: a millisecond of them in each turn. */
  async *written(stretch = new Stretch()): AsyncGenerator<Buffer> {
    let [start, some]: [string, string[]] = ['[', []]
    let isFirst = true
    for await (const rows of this.#parts()) {
      // A page is there by one wait, and is made at once; of a longer list, reading is work of its own.
      if (isFirst) stretch.begin()
      isFirst = false
      for (const row of rows) {
        some.push(textOf(row))
        if (!stretch.isOver()) continue
        yield Buffer.from(start + some.join(','))
        ;[start, some] = [',', []]
        await stretch.next()
      }
    }
    yield Buffer.from(`${some.length > 0 || start === '[' ? start + some.join(',') : ''}]`)
  }
}
