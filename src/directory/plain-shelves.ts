import type { Kind, Records } from '../domain/records.ts'
import type { Shelf } from './shelves.ts'

/** What holds for the whole installation. */
export class InstallationShelf implements Shelf<'installation'> {
  #record: Records['installation'] | undefined

  get(): Records['installation'] | undefined {
    return this.#record
  }

  put(record: Records['installation']): void {
    if (this.#record && this.#record.version >= record.version) return
    this.#record = record
  }

  drop(): void {
    // It is never removed.
  }

  forget(): void {
    // Nothing of it is ever over.
  }
}

/** For records that no login and no list needs. */
export class NoShelf<K extends Kind> implements Shelf<K> {
  put(): void {
    // Whoever needs one reads it from the store.
  }

  drop(): void {
    // Nothing is kept.
  }

  forget(): void {
    // Nothing is kept.
  }
}
