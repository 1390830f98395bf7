import { nextTurn } from './streamed.ts'

/** So many rows are made and written in one turn: about a millisecond. */
const usually = 100

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

/** The rows of a list, which are made when they are written: a long list holds up nobody else. */
export class Rows<Row> {
  readonly length: number
  readonly #part: (from: number, to: number) => readonly Row[]
  readonly #atOnce: number

  private constructor(
    { length, atOnce }: { readonly length: number; readonly atOnce: number },
    part: (from: number, to: number) => readonly Row[],
  ) {
    this.length = length
    this.#atOnce = atOnce
    this.#part = part
  }

  /** A row for each item; fewer are made in one turn where they are long. */
  static of<T, Row>(items: readonly T[], show: (item: T) => Row, atOnce = usually): Rows<Row> {
    return new Rows({ length: items.length, atOnce }, (from, to) =>
      items.slice(from, to).map((item) => show(item)),
    )
  }

  /** Each row in another form. */
  map<Other>(show: (row: Row) => Other): Rows<Other> {
    return new Rows({ length: this.length, atOnce: this.#atOnce }, (from, to) =>
      this.#part(from, to).map((row) => show(row)),
    )
  }

  /** The parts of their JSON, one in each turn. */
  async *written(): AsyncGenerator<Buffer> {
    yield Buffer.from('[')
    for (let from = 0; from < this.length; from += this.#atOnce) {
      if (from > 0) await nextTurn()
      const some = this.#part(from, from + this.#atOnce)
        .map(textOf)
        .join(',')
      yield Buffer.from(from > 0 ? `,${some}` : some)
    }
    yield Buffer.from(']')
  }
}
