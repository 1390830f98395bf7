import { CommanderError } from 'commander'
import { codeOf } from '../files/reason.ts'
import { OstiaryError } from '../sdk/failure.ts'
import { redact } from '../telemetry/redaction.ts'

/** How a command ends. `refused` is an answer; `failed` means that there was none. */
export const exitCodes = { done: 0, refused: 1, failed: 2 } as const

/** A fault of what the caller gave: its message says what was expected. */
export class UsageError extends Error {}

/** Whoever was asked said no. */
export class Declined extends Error {}

/** Nothing that the caller may see has the name that was given. */
export class UnknownName extends Error {}

/** What to try next, by the code of a refusal. */
const advice: Readonly<Record<string, string>> = {
  unreachable: 'Is the server running? --url or OSTIARY_URL says where it is',
  unexpected_answer: 'Does --url or OSTIARY_URL name the server?',
  redirected: 'Set OSTIARY_URL to the issuer of the server',
  issuer_mismatch: 'Set OSTIARY_URL to the issuer, exactly as the server knows it',
  insecure_url: 'Use https; --allow-http is for networks where nobody can listen',
  invalid_client:
    'Check client id and secret (or key), or the profile; the log of the server has the reason',
  'client_key.refused':
    'Set OSTIARY_CLIENT_KEY to an enabled client key, or unset it for calls that need none',
  'host.misdirected': 'Set OSTIARY_URL to the issuer, exactly as the server knows it',
  'permission.unknown': 'Separate several permissions by commas',
}

/** A failure as it is printed, and the exit code that goes with it. */
export interface Shown {
  readonly code: string
  readonly message: string
  readonly exitCode: number
  readonly field?: string | undefined
  readonly requestId?: string | undefined
  readonly advice?: string | undefined
}

/** What to try next where fetch tells why in a chain of causes: a certificate that nobody vouches for. */
function certificateAdvice(error: unknown): string | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (/CERT|UNABLE_TO_/.test(codeOf(cause) ?? '')) {
      return 'Does a private CA vouch for the server? --ca-file or OSTIARY_CA_FILE names its certificate'
    }
  }
  return undefined
}

/** Codes for which no server has judged anything. */
const noAnswer: readonly string[] = [
  'unreachable',
  'unexpected_answer',
  'redirected',
  'issuer_mismatch',
  'insecure_url',
  'invalid_credential',
]

function shownRefusal(error: OstiaryError): Shown {
  const { code, message, field, requestId, status } = error
  // A status list that is none says nothing of the token.
  const isJudged = !noAnswer.includes(code) && !code.startsWith('status_list.')
  const isAnswer = isJudged && status < 500
  const exitCode = isAnswer ? exitCodes.refused : exitCodes.failed
  return {
    code,
    message,
    exitCode,
    field,
    requestId,
    advice: certificateAdvice(error) ?? advice[code],
  }
}

/** A wrong command line: commander's first line says what, and the next what may have been meant. */
function shownUsage({ code, message }: CommanderError): Shown {
  const isBare = code === 'commander.help'
  const [fault = '', advice] = message.replace(/^error: /, '').split('\n')
  return {
    code: 'usage',
    message: isBare ? 'a verb is missing' : fault,
    exitCode: exitCodes.failed,
    advice: advice?.replace(/^\((.*)\)$/, '$1') ?? 'Give --help to see what it takes',
  }
}

/** A failure as the terminal shows it: without a stack, and never with a secret. */
export function shownFailure(error: unknown): Shown {
  if (error instanceof OstiaryError) return shownRefusal(error)
  if (error instanceof CommanderError) return shownUsage(error)
  const message = redact(error instanceof Error ? error.message : String(error))
  if (error instanceof Declined) return { code: 'declined', message, exitCode: exitCodes.refused }
  if (error instanceof UnknownName) return { code: 'unknown', message, exitCode: exitCodes.refused }
  const code = error instanceof UsageError ? 'usage' : 'failed'
  return { code, message, exitCode: exitCodes.failed }
}

/** The exit code where commander has said all there is to say: help, a version, a wrong line. */
export function toldExitCode(error: unknown): number | undefined {
  if (!(error instanceof CommanderError)) return undefined
  return error.exitCode === 0 ? exitCodes.done : exitCodes.failed
}
