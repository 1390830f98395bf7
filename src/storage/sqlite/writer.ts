import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Worker } from 'node:worker_threads'
import { endOf } from '../../domain/end-of.ts'
import { isProblem, Problem, storeAway } from '../../domain/problem.ts'
import type { Outcome, WriterAnswer } from './batch.ts'
import { errorFrom } from './fault.ts'
import { Queue, type Waiting } from './queue.ts'
import { freeThread, threadFor } from './threads.ts'
import type { Write, Writer } from './writes.ts'

interface WriterOptions {
  /** A thread that was told of the file; absent: one is. */
  readonly worker?: Worker
  /** Longer than any fsync on a sound disk: nobody waits longer than this for one batch. */
  readonly silenceMs?: number
  /** How long what was written may be in the WAL alone. */
  readonly restMs?: number
  /** How much room there is on the disk of a file. */
  readonly freeBytes?: (file: string) => Promise<number>
}

/** What a change may take: a small write finds what a failed one has left, and proves nothing. */
const roomBytes = 1024 * 1024

async function freeBytesBeside(file: string): Promise<number> {
  const { bavail, bsize } = await statfs(dirname(file))
  return bavail * bsize
}

/**
 * Has a thread write to this file. What waits at the same moment goes there as one
 * batch. A thread that is silent for too long fails all that wait, and works again once it answers;
 * one that ended fails them for good.
 */
export function startWriter(file: string, options: WriterOptions = {}): Writer {
  const { silenceMs = 10_000, restMs = 20_000, freeBytes = freeBytesBeside } = options
  const { worker = threadFor({ file, restMs }) } = options
  return new ThreadWriter(worker, { silenceMs, room: () => freeBytes(file) })
}

class ThreadWriter implements Writer {
  readonly #worker: Worker
  readonly #silenceMs: number
  readonly #room: () => Promise<number>
  readonly #queue = new Queue()
  #batch: readonly Waiting[] = []
  /** Whether a batch is out, or about to go out. */
  #isBusy = false
  #silence: NodeJS.Timeout | undefined
  #isSilent = false
  /** Why nothing is taken any more. */
  #refusal: Error | undefined
  /** Whether a write failed for want of room, or of a disk, and no probe was good since. */
  #hasFailed = false
  #onIdle = () => {}
  /** When the thread has let its file go, or has ended. */
  readonly #over = Promise.withResolvers<void>()
  /** Whether it has let its file go, and could take another one. */
  #hasClosed = false
  #closing: Promise<void> | undefined

  constructor(
    worker: Worker,
    { silenceMs, room }: { readonly silenceMs: number; readonly room: () => Promise<number> },
  ) {
    this.#worker = worker
    this.#silenceMs = silenceMs
    this.#room = room
    worker.on('error', (error) => this.#end(error))
    worker.on('exit', () => this.#end(new Error('The thread that writes has ended')))
    worker.on('message', (answer: WriterAnswer) => {
      if (answer !== 'closed') return this.#answer(answer)
      this.#hasClosed = true
      this.#over.resolve()
    })
  }

  write(write: Write): Promise<number> {
    return new Promise((resolve, reject) => {
      const refusal = this.#refusal ?? this.#pressure()
      if (refusal) return reject(storeAway(refusal))
      this.#queue.add({ write, resolve, reject })
      this.#schedule()
    })
  }

  async probe(): Promise<void> {
    if (this.#refusal) throw storeAway(this.#refusal)
    if (!this.#hasFailed && !this.#isSilent) return
    if ((await this.#room()) < roomBytes) {
      const cause = new Error(`Less than ${roomBytes} bytes of the disk are free`)
      throw new Problem('store.full', { retryAfterSeconds: 30 }, cause)
    }
    await this.write({ do: 'touch' })
    this.#hasFailed = false
  }

  close(): Promise<void> {
    this.#closing ??= this.#drain()
    return this.#closing
  }

  async #drain(): Promise<void> {
    this.#refusal ??= new Error('The store is closed')
    await new Promise<void>((resolve) => {
      this.#onIdle = resolve
      if (!this.#isBusy || this.#isSilent) resolve()
    })
    this.#worker.postMessage('close')
    await endOf(this.#over.promise, this.#silenceMs)
    if (this.#hasClosed) freeThread(this.#worker)
    else void this.#worker.terminate()
  }

  #pressure(): Error | undefined {
    if (this.#isSilent) return this.#silenceReason()
    return this.#queue.isFull ? new Error('Too many writes wait for the disk') : undefined
  }

  #schedule(): void {
    if (this.#isBusy) return
    this.#isBusy = true
    // Not at once: all that is asked for in this turn of the event loop shares the batch.
    setImmediate(() => this.#send())
  }

  #send(): void {
    this.#batch = this.#queue.takeBatch()
    this.#isBusy = this.#batch.length > 0
    if (!this.#isBusy) {
      this.#onIdle()
      return
    }
    this.#silence = setTimeout(() => this.#fallSilent(), this.#silenceMs)
    this.#worker.postMessage(this.#batch.map(({ write }) => write))
  }

  #answer(outcomes: readonly Outcome[]): void {
    clearTimeout(this.#silence)
    this.#isSilent = false
    const errors = outcomes.map((outcome) => 'fault' in outcome && errorFrom(outcome.fault))
    this.#hasFailed ||= errors.some((error) => isProblem(error, 'store.full', 'store.unavailable'))
    for (const [row, { resolve, reject }] of this.#batch.entries()) {
      const outcome = outcomes[row]
      if (outcome && 'count' in outcome) resolve(outcome.count)
      else reject(errors[row])
    }
    this.#isBusy = false
    this.#schedule()
  }

  #fallSilent(): void {
    this.#isSilent = true
    this.#failAll(this.#silenceReason())
  }

  #silenceReason(): Error {
    return new Error(`No write was finished for ${this.#silenceMs} ms`)
  }

  #end(reason: Error): void {
    clearTimeout(this.#silence)
    this.#refusal ??= reason
    this.#isBusy = false
    this.#over.resolve()
    this.#failAll(this.#refusal)
  }

  #failAll(reason: Error): void {
    const waiting = [...this.#batch, ...this.#queue.takeAll()]
    this.#batch = []
    for (const { reject } of waiting) reject(storeAway(reason))
    this.#onIdle()
  }
}
