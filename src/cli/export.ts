import { stat } from 'node:fs/promises'
import { basename, dirname, resolve } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Command } from 'commander'
import { replaceFile } from '../files/durable.ts'
import { codeOf } from '../files/reason.ts'
import { UsageError } from './failure.ts'
import { worldOf } from './world.ts'

/** A terminal shows what is not seen by escapes; whatever else reads it gets every byte as it came. */
export async function printParts(command: Command, parts: AsyncIterable<string>): Promise<void> {
  const { stdout, pipe } = worldOf(command)
  if (pipe) return await pipeline(Readable.from(parts), pipe, { end: false })
  for await (const part of parts) stdout.write(part.replaceAll('\r\n', '\n'))
}

/** What is no file, such as a device, would be gone when one took its place. Fails with UsageError. */
export async function assertReplaceable(file: string): Promise<void> {
  const found = await stat(file).catch((error) => {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  })
  if (found && !found.isFile()) throw new UsageError(`--out: ${file} is there, and is no file`)
}

/** Writes a file whole or not at all, for its owner alone. Fails with UsageError. */
export async function writeParts(file: string, parts: AsyncIterable<string>): Promise<void> {
  const path = resolve(file)
  await assertReplaceable(path)
  await replaceFile(dirname(path), basename(path), parts)
}
