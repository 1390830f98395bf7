import { nextTurn } from './streamed.ts'

/** So many rows are made and written in one turn: about a millisecond. */
const atOnce = 100

/** The rows of a list, which are made when they are written: a long list holds up nobody else. */
export class Rows<Row> {
  readonly length: number
  readonly #part: (from: number, to: number) => readonly Row[]

  private constructor(length: number, part: (from: number, to: number) => readonly Row[]) {
    this.length = length
    this.#part = part
  }

  /** A row for each item. */
  static of<T, Row>(items: readonly T[], show: (item: T) => Row): Rows<Row> {
    return new Rows(items.length, (from, to) => items.slice(from, to).map((item) => show(item)))
  }

  /** Each row in another form. */
  map<Other>(show: (row: Row) => Other): Rows<Other> {
    return new Rows(this.length, (from, to) => this.#part(from, to).map((row) => show(row)))
  }

  /** The parts of their JSON, one in each turn. */
  async *written(): AsyncGenerator<Buffer> {
    yield Buffer.from('[')
    for (let from = 0; from < this.length; from += atOnce) {
      if (from > 0) await nextTurn()
      const some = JSON.stringify(this.#part(from, from + atOnce)).slice(1, -1)
      yield Buffer.from(from > 0 ? `,${some}` : some)
    }
    yield Buffer.from(']')
  }
}
