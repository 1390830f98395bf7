import { type Command, InvalidArgumentError } from 'commander'
import type { PublicKeyInput } from '../sdk/index.ts'
import { readInput } from './world.ts'

/** The items of a list that is separated by commas. */
export function list(text: string): string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
}

/** A number of seconds. */
export function seconds(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('Expected a whole number of seconds.')
}

/** A number of things, from 1. */
export function wholeNumber(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('Expected a whole number from 1.')
}

/** A JWK as it is, PEM as text: the server tells what is wrong with either. */
export function readPublicKey(command: Command, file: string): PublicKeyInput {
  const content = readInput(command, file, '--public-key')
  if (!content.trimStart().startsWith('{')) return content
  try {
    return { ...JSON.parse(content) }
  } catch {
    return content
  }
}

/** A token as it was given, or from standard input for `-`. */
export function readToken(command: Command, given: string): string {
  return given === '-' ? readInput(command, '-', command.name()).trim() : given
}
