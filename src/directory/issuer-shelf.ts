import { type Issuer, isTrusted } from '../domain/issuers/issuer.ts'
import type { Shelf } from './shelves.ts'

/** Trusted issuers by what stands in `iss`: all of them, for there are few. */
export class IssuerShelf implements Shelf<'issuer'> {
  readonly #byId = new Map<string, Issuer>()

  /** The one of that identifier whose tokens are taken. */
  get(issuer: string): Issuer | undefined {
    for (const record of this.#byId.values()) {
      if (record.issuer === issuer && isTrusted(record)) return record
    }
    return undefined
  }

  put(record: Issuer): void {
    const former = this.#byId.get(record.id)
    if (former && former.version >= record.version) return
    this.#byId.set(record.id, record)
  }

  drop(id: string): void {
    this.#byId.delete(id)
  }

  forget(now: number): void {
    for (const { id, live, purgeAfter = now } of this.#byId.values()) {
      if (!live && purgeAfter < now) this.drop(id)
    }
  }
}
