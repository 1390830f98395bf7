import { Writable } from 'node:stream'

/** What waits for a slow reader of the log, in characters; what is beyond is dropped and counted. */
const mostWaiting = 4 * 1024 * 1024

interface Target {
  write(text: string, done: (error?: Error | null) => void): unknown
}

/** Where lines go, and the line that tells how many were lost. */
interface OutputOptions {
  readonly target: Target
  readonly lostLine: (lines: number) => string
}

/**
 * Takes lines for a stream that may be slow, full or gone: nothing of that ends the process or
 * fills its memory. Lines that are lost are counted, and told of once there is a way again. Lines of
 * one turn of the event loop leave in one write: a write costs more than a line.
 */
class Output {
  readonly #options: OutputOptions
  #waiting = ''
  #lines = 0
  #lost = 0
  #isWriting = false
  #isScheduled = false

  constructor(options: OutputOptions) {
    this.#options = options
  }

  add(line: string): void {
    if (this.#waiting.length + line.length > mostWaiting) {
      this.#lost += 1
      return
    }
    this.#waiting += line
    this.#lines += 1
    if (this.#isWriting || this.#isScheduled) return
    this.#isScheduled = true
    setImmediate(() => {
      this.#isScheduled = false
      this.flush()
    })
  }

  /** Hands on what waits, unless a write is on its way: its end comes back here. */
  flush(): void {
    if (this.#isWriting || this.#waiting === '') return
    const [text, lines] = [this.#waiting, this.#lines]
    this.#waiting = ''
    this.#lines = 0
    this.#isWriting = true
    this.#options.target.write(text, (error) => this.#written(lines, error))
  }

  #written(lines: number, error: Error | null | undefined): void {
    this.#isWriting = false
    if (error) this.#lost += lines
    else if (this.#lost > 0) this.#tellLost()
    this.flush()
  }

  /** The line counts for those that it tells of, should it be lost too. */
  #tellLost(): void {
    this.#waiting = `${this.#options.lostLine(this.#lost)}${this.#waiting}`
    this.#lines += this.#lost
    this.#lost = 0
  }
}

/** A stream of lines that never fails and never holds anything up. */
export function lenientOutput(options: OutputOptions): Writable {
  const output = new Output(options)
  process.once('exit', () => output.flush())
  return new Writable({
    decodeStrings: false,
    write(chunk, _encoding, done) {
      output.add(String(chunk))
      done()
    },
  })
}

/**
 * A reader that went away or a full disk under standard output or standard error is no reason to
 * end: without a listener, Node ends the process, and with its own so does the command line. Both
 * streams stay usable after such an error.
 */
export function surviveLostOutputs(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.removeAllListeners('error').on('error', () => undefined)
  }
}
