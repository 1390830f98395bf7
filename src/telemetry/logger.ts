import type { Writable } from 'node:stream'
import { createLogger, format, transports } from 'winston'
import { lenientOutput } from './output.ts'
import { printable } from './printable.ts'
import { redact, tellable, tellableJson } from './redaction.ts'

/** What a log line tells besides its message. */
export type LogFields = Readonly<Record<string, unknown>>

/** Where the system says what happened. Nothing that it is given needs to be free of secrets. */
export interface Logger {
  readonly error: (message: string, fields?: LogFields) => void
  readonly warn: (message: string, fields?: LogFields) => void
  readonly info: (message: string, fields?: LogFields) => void
  readonly debug: (message: string, fields?: LogFields) => void
}

const levels = ['error', 'warn', 'info', 'debug'] as const
type Level = (typeof levels)[number]

/** How a line of the log is written. */
export type LogForm = 'json' | 'text'

/** What is logged, in which form, and where to. */
export interface LoggerOptions {
  readonly level: Level
  readonly format: LogForm
  /** Where lines go; standard output unless a test listens. */
  readonly stream?: NodeJS.WritableStream
}

const line = Symbol.for('message')

/** As it is when it cannot be taken for anything but the value of its field; quoted otherwise. */
function fieldText([name, given]: readonly [string, unknown]): string {
  const value = tellable(name, given)
  const isPlain = typeof value === 'string' && /^[\w.:/@-]+$/.test(value)
  return `${name}=${isPlain ? value : JSON.stringify(value, tellable)}`
}

/** What a line tells. */
interface Line {
  readonly level: string
  readonly message: string
  readonly fields?: LogFields | undefined
}

type Print = (given: Line, timestamp: string) => string

function asJson({ level, message, fields }: Line, timestamp: string): string {
  return tellableJson({ timestamp, level, message, ...fields })
}

function asText({ level, message, fields = {} }: Line, timestamp: string): string {
  const told = Object.entries(fields).map(fieldText).join(' ')
  return `${timestamp} ${level} ${message}${told === '' ? '' : ` ${told}`}`
}

const shapes = { json: asJson, text: asText } as const

/** The whole line in one step: what a field is comes first, patterns and what is not seen come last. */
function lineOf(print: Print, told: Line): string {
  return printable(redact(print(told, new Date().toISOString())))
}

/** One line as the log has them, for what is said where no log is open. */
export function logLine(form: LogForm, told: Line): string {
  return `${lineOf(shapes[form], told)}\n`
}

/** Standard output, and a word about the lines that could not be written to it. */
function standardOutput(form: LogForm): Writable {
  const message = 'log lines were lost: nobody took them'
  const lostLine = (lines: number) => logLine(form, { level: 'warn', message, fields: { lines } })
  return lenientOutput({ target: process.stdout, lostLine })
}

/** Opens the log. Every line passes the redaction. */
export function openLogger({ level, format: form, stream }: LoggerOptions): Logger {
  const winston = createLogger({
    level,
    // A line comes as it is to be written.
    format: format((info) => info)(),
    transports: [new transports.Stream({ stream: stream ?? standardOutput(form) })],
  })
  // Asked here, because a line is made before winston drops it.
  const least = levels.indexOf(level)
  const at = (name: Level) => (message: string, fields?: LogFields) => {
    if (levels.indexOf(name) > least) return
    const told = { level: name, message, fields }
    winston.log({ level: name, message, [line]: lineOf(shapes[form], told) })
  }
  return { error: at('error'), warn: at('warn'), info: at('info'), debug: at('debug') }
}

/** An error in fields that a log line can hold. */
export function faultFields(error: unknown): LogFields {
  if (!(error instanceof Error)) return { error: String(error) }
  const cause = error.cause === undefined ? {} : { cause: String(error.cause) }
  return { error: error.message, stack: error.stack, ...cause }
}
