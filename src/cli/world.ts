import type { Writable } from 'node:stream'
import type { Command } from 'commander'
import { readGiven, readStandardInput } from '../files/given.ts'
import { valueIn } from '../files/value.ts'
import { exitCodes, UsageError } from './failure.ts'

interface Output {
  write(text: string): unknown
}

/** Puts a question, and resolves with the answer; a hidden one does not show on the screen. */
export type Ask = (question: string, how?: { readonly isHidden: boolean }) => Promise<string>

/** What a command line has around it: a process is such a world. */
export interface World {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stdout: Output
  readonly stderr: Output
  /** Standard output as it is, for what is longer than memory; absent where it is a terminal. */
  readonly pipe?: Writable | undefined
  /** What stands on standard input, where that is not the one of this process. */
  readonly input?: string
  /** How wide a line of standard output may be; absent where it is no terminal. */
  readonly columns?: number | undefined
  /** Asks whoever sits at the terminal; absent where nobody does. */
  readonly ask?: Ask | undefined
  /** A signal that comes when a verb that goes on by itself shall end. */
  readonly stopping?: (() => AbortSignal) | undefined
}

interface Run {
  readonly world: World
  exitCode: number
}

/** By the program that was built for it. */
const runs = new WeakMap<Command, Run>()

/** Puts a program, and all the commands below it, into a world. */
export function setIn(world: World, program: Command): void {
  runs.set(program, { world, exitCode: exitCodes.done })
}

function runOf(command: Command): Run {
  const run = runs.get(command)
  if (run !== undefined) return run
  if (command.parent === null) throw new Error('the command is in no world')
  return runOf(command.parent)
}

/** The world that a command runs in. */
export function worldOf(command: Command): World {
  return runOf(command).world
}

/** Ends a command that has printed its answer with another code than `done`. */
export function endWith(command: Command, exitCode: number): void {
  runOf(command).exitCode = exitCode
}

/** The code that a command came to which did not fail. */
export function exitCodeOfRun(command: Command): number {
  return runOf(command).exitCode
}

/** The text of a file that the caller named, or of standard input for `-`. */
export function readInput(command: Command, file: string, what: string): string {
  const { input } = worldOf(command)
  if (file === '-' && input !== undefined) return input
  try {
    return file === '-' ? readStandardInput() : readGiven(file)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new UsageError(`${what}: the file cannot be read: ${reason}`)
  }
}

/** A secret from a file that the caller named, without the line break and BOM that editors add. */
export function readSecret(command: Command, file: string, what: string): string {
  const secret = valueIn(readInput(command, file, what))
  if (secret === '') throw new UsageError(`${what}: ${file} is empty`)
  return secret
}
