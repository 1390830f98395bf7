import type { Command, Option } from 'commander'

/** A word that may come next, and what it does. */
export interface Candidate {
  readonly word: string
  readonly description: string
}

/** What may follow the verbs that lead to a place of the command line. */
export interface Place {
  /** The verbs, with blanks between them; empty for the program itself. */
  readonly path: string
  readonly verbs: readonly Candidate[]
  readonly options: readonly (Candidate & { readonly value: Value })[]
  /** Whether an argument here is a file. */
  readonly takesFile: boolean
}

/** What the word after an option is: nothing of its own, a file, one of some words, or anything. */
export type Value = 'none' | 'file' | 'any' | readonly string[]

/** A description as far as it fits beside a word: not where it comes from, nor what else is true. */
function short(description: string): string {
  return description
    .replace(/ \((default|env): .*$/, '')
    .replace(/[;:(].*$/, '')
    .trim()
}

function nextOf({ flags, required, optional, argChoices }: Option): Value {
  if (!required && !optional) return 'none'
  if (argChoices !== undefined) return argChoices
  return /<(file|folder)/.test(flags) ? 'file' : 'any'
}

function placeOf(command: Command, path: string): Place {
  const help = command.createHelp()
  const { registeredArguments: given } = command
  const words = given.flatMap(({ argChoices = [] }) => argChoices)
  const options = [...help.visibleOptions(command), ...help.visibleGlobalOptions(command)]
  return {
    path,
    verbs: [
      ...words.map((word) => ({ word, description: '' })),
      ...help.visibleCommands(command).map((verb) => {
        return { word: verb.name(), description: short(verb.description()) }
      }),
    ],
    options: options.flatMap((option) => {
      const { long: word, description } = option
      return word ? [{ word, description: short(description), value: nextOf(option) }] : []
    }),
    takesFile: given.some((argument) => ['file', 'folder'].includes(argument.name())),
  }
}

/** Every place of a command line, the program itself first. */
export function placesOf(command: Command, path = ''): readonly Place[] {
  const below = command.commands.filter((verb) => verb.name() !== 'help')
  const named = (verb: Command) => (path === '' ? verb.name() : `${path} ${verb.name()}`)
  return [placeOf(command, path), ...below.flatMap((verb) => placesOf(verb, named(verb)))]
}

/**
 * Options by what the word after them is: wherever they may stand, and by place where that is one of
 * some words, since the same option has others below other verbs.
 */
export function optionsByValue(places: readonly Place[]) {
  const all = places.flatMap(({ options }) => options)
  const those = (kind: Value) => [
    ...new Set(all.filter(({ value }) => value === kind).map(({ word }) => word)),
  ]
  const choices = places.flatMap(({ path, options }) =>
    options.flatMap(({ word, value }) =>
      typeof value === 'string' ? [] : [[`${path} ${word}`, value] as const],
    ),
  )
  return { files: those('file'), others: those('any'), choices }
}
