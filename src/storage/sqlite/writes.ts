import type { Kind } from '../../domain/records.ts'
import type { StoredRecord } from '../stored-record.ts'

/** One write as plain data: it crosses to the writer's thread. Events are JSON, times whole milliseconds. */
export type Write =
  | {
      readonly do: 'commit'
      readonly kind: Kind
      readonly record: StoredRecord
      readonly event: string
    }
  | { readonly do: 'append'; readonly event: string }
  | { readonly do: 'reserve'; readonly id: string; readonly expiresAt: number }
  | {
      readonly do: 'note'
      readonly uses: readonly (readonly [id: string, at: number, from: string | null])[]
    }
  | { readonly do: 'unnote'; readonly ids: readonly string[] }
  | { readonly do: 'forget' | 'purge'; readonly now: number }
  | { readonly do: 'touch' }

/** The one who writes, as the store's methods know it. */
export interface Writer {
  /**
   * Resolves when the write is on the disk, with the number of things that it made or removed, and
   * fails with the Problem that refused it. Writes are done in the order of the calls.
   */
  write(write: Write): Promise<number>
  /** Fails when no write can be made, as far as the last one told; then it tries one. */
  probe(): Promise<void>
  /** Finishes what waits, and ends. Later calls fail with `store.unavailable`. */
  close(): Promise<void>
}

/** About how many bytes a write holds while it waits. */
export function sizeOf(write: Write): number {
  switch (write.do) {
    case 'commit':
      return write.record.body.length + write.event.length
    case 'append':
      return write.event.length
    case 'reserve':
      return write.id.length
    case 'note':
      return write.uses.length * 90
    case 'unnote':
      return write.ids.length * 40
    case 'forget':
    case 'purge':
    case 'touch':
      return 0
  }
}

/** What the thread that writes is told once it has a file; it answers with outcomes, or `closed`. */
export type WriterMessage = readonly Write[] | 'close'

/** What the thread that writes is told first. */
export interface WriterData {
  readonly file: string
  /** Milliseconds: how long what was written may be in the WAL alone. */
  readonly restMs: number
}
