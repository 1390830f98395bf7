import type { Command } from 'commander'
import type { Given } from '../../domain/import/given.ts'
import { givenTwice, type Part, partsOf } from '../../domain/import/parts.ts'
import { boundedText, checkedBy, jsonOf, wrongFile } from './file.ts'
import { Import } from './schema.ts'

/** All that a file wants to be made. Fails naming every place that is wrong, up to a bound. */
export function readImport(command: Command, file: string): readonly Part[] {
  const value = jsonOf(file, boundedText(command, file))
  const parts = partsOf(checkedBy<Given>({ ...Import }, file, value))
  const twice = givenTwice(parts).map(
    ({ id, first, again }) => `${again}: the id ${id} is that of ${first}; each may be given once`,
  )
  if (twice.length > 0) throw wrongFile(file, twice)
  return parts
}
