import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { readAtOnce } from './open-flags.ts'
import { codeOf } from './reason.ts'
import { textIn } from './value.ts'

const partBytes = 64 * 1024
const pauseMs = 10
/** A device may have no end; no file that a setting or a command line names is nearly as long. */
const mostBytes = 256 * 1024 * 1024
const nobody = new Int32Array(new SharedArrayBuffer(4))

function pause(): void {
  Atomics.wait(nobody, 0, 0, pauseMs)
}

/** The next bytes, none at the end. Whoever has a pipe open to write into it may take their time. */
function nextPart(handle: number): Buffer {
  const part = Buffer.allocUnsafe(partBytes)
  for (;;) {
    try {
      return part.subarray(0, readSync(handle, part))
    } catch (error) {
      if (codeOf(error) !== 'EAGAIN') throw error
      pause()
    }
  }
}

/** A pipe that nobody has opened yet looks as if it had come to its end. */
function firstPart(pipe: number, patienceMs: number): Buffer {
  const deadline = performance.now() + patienceMs
  for (;;) {
    const part = nextPart(pipe)
    if (part.length > 0) return part
    if (performance.now() > deadline) throw new Error('nobody writes into this pipe')
    pause()
  }
}

function bytesFrom(handle: number, first: Buffer): Buffer {
  const parts: Buffer[] = []
  let left = mostBytes
  for (let part = first; part.length > 0; part = nextPart(handle)) {
    parts.push(part)
    left -= part.length
    if (left < 0) throw new Error(`it holds more than ${mostBytes / 1024 / 1024} MiB`)
  }
  return Buffer.concat(parts)
}

/** The text that comes through standard input. Fails when it is not in UTF-8. */
export function readStandardInput(): string {
  return textIn(bytesFrom(0, nextPart(0)), 'standard input')
}

function bytesOf(file: string, patienceMs: number): Buffer {
  const handle = openSync(file, readAtOnce)
  try {
    const isPipe = fstatSync(handle).isFIFO()
    const first = isPipe ? firstPart(handle, patienceMs) : nextPart(handle)
    return bytesFrom(handle, first)
  } finally {
    closeSync(handle)
  }
}

/**
 * The text of a file that a setting or a command line names, which may be a pipe (`<(…)`) too. Fails
 * when it is not in UTF-8, and when nobody writes into the pipe for so long: a plain read would wait
 * for ever.
 */
export function readGiven(file: string, patienceMs = 5000): string {
  return textIn(bytesOf(file, patienceMs), file)
}
