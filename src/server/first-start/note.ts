import { chmod, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Secret } from '../../domain/secret.ts'
import { createFile, removeUnfinished, syncFolder } from '../../files/durable.ts'
import { codeOf } from '../../files/reason.ts'
import { readTrusted, trustedFolder } from '../../files/trust.ts'
import type { FirstCredentials } from './account.ts'

/** The note of a first start that may not be done, in the data folder. */
export const pendingName = 'bootstrap.pending.json'
/** The note of one that is done. */
export const finalName = 'bootstrap.json'

/** Undefined when it is no JSON: the message of the parser would quote the secret. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function parse(text: string, file: string): FirstCredentials {
  const members: Readonly<Record<string, unknown>> = { ...Object(jsonOf(text)) }
  const member = (name: string): string => {
    const found = members[name]
    if (typeof found === 'string') return found
    throw new Error(`${file} has no ${name}: delete it and start again`)
  }
  return {
    clientId: member('clientId'),
    clientSecret: new Secret(member('clientSecret')),
    clientKey: new Secret(member('clientKey')),
  }
}

/** Undefined when there is no folder yet. Fails when others can put a note into it. */
async function textIn(dir: string): Promise<string | undefined> {
  try {
    return await readTrusted(join(dir, pendingName), await trustedFolder(dir))
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

/**
 * Credentials that a first start chose and may not have finished making: whoever can write this note
 * becomes root, so nobody else may.
 */
export async function readNote(dir: string): Promise<FirstCredentials | undefined> {
  await removeUnfinished(dir, pendingName)
  const text = await textIn(dir)
  return text === undefined ? undefined : parse(text, join(dir, pendingName))
}

/** Notes the credentials of a first start before anything is made with them. */
export async function writeNote(
  dir: string,
  issuer: string,
  first: FirstCredentials,
): Promise<void> {
  const { clientId, clientSecret, clientKey } = first
  const content = {
    issuer,
    clientId,
    clientSecret: clientSecret.reveal(),
    clientKey: clientKey.reveal(),
  }
  await createFile(dir, pendingName, `${JSON.stringify(content, null, 2)}\n`)
}

/** What was noted holds: it becomes `bootstrap.json`. Answers where that is, if it was noted at all. */
export async function confirmNote(dir: string): Promise<string | undefined> {
  const file = join(dir, finalName)
  try {
    await rename(join(dir, pendingName), file)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
  await chmod(file, 0o600)
  await syncFolder(dir)
  return file
}

/** What was noted opens nothing: another process was first, or the settings say otherwise. */
export async function dropNote(dir: string): Promise<void> {
  await rm(join(dir, pendingName), { force: true })
}
