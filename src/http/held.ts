import type { ServerResponse } from 'node:http'

/** So many bytes of long lists wait for their readers in one process. */
const mostBytes = 256 * 1024 * 1024

/** Long answers that are being made or read. Where they are too much together, the one that began first is cut off. */
export class Held {
  readonly #most: number
  readonly #answers = new Map<ServerResponse, number>()
  #bytes = 0

  constructor(most = mostBytes) {
    this.#most = most
  }

  /** Counts more bytes of an answer, until it is read or its reader is gone. */
  hold(response: ServerResponse, bytes: number): void {
    const former = this.#answers.get(response)
    if (former === undefined) response.once('close', () => this.#letGo(response))
    this.#answers.set(response, (former ?? 0) + bytes)
    this.#bytes += bytes
    for (const oldest of this.#answers.keys()) {
      if (this.#bytes <= this.#most || oldest === response) return
      this.#letGo(oldest)
      oldest.destroy()
    }
  }

  #letGo(response: ServerResponse): void {
    this.#bytes -= this.#answers.get(response) ?? 0
    this.#answers.delete(response)
  }
}
