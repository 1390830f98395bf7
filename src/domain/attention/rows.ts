/** An account that needs attention, and since or until when. */
export interface AttentionRow {
  readonly clientId: string
  readonly name: string
  /** Milliseconds: what it means is said by each section. */
  readonly at: number
  /** The credential that it is about. */
  readonly credentialId?: string
  /** The address of its last use. */
  readonly lastUsedFrom?: string
  /** How many logins were refused. */
  readonly refusals?: number
}

/** How many accounts need attention for one reason, and the first of them. */
export interface Section {
  readonly count: number
  readonly first: readonly AttentionRow[]
}

/** No account needs it. */
export const none: Section = { count: 0, first: [] }

/** So many of each are shown. */
const mostShown = 10

/** Counts rows, and keeps the first ten by their moment: earliest first, or latest. */
export class Gathered {
  readonly #sign: 1 | -1
  #count = 0
  #first: readonly AttentionRow[] = []

  constructor(order: 'earliest' | 'latest') {
    this.#sign = order === 'earliest' ? 1 : -1
  }

  add(row: AttentionRow): void {
    this.#count += 1
    const last = this.#first[mostShown - 1]
    if (last && this.#sign * (row.at - last.at) >= 0) return
    const all = [...this.#first, row].toSorted((a, b) => this.#sign * (a.at - b.at))
    this.#first = all.slice(0, mostShown)
  }

  get section(): Section {
    return { count: this.#count, first: this.#first }
  }
}
