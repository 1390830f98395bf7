import { randomInt, randomUUID } from 'node:crypto'
import { readdir, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { KeyFault } from './fault.ts'
import { notWritable, removeUnfinished } from './files.ts'

const prefix = '.lock-'
/** A holder shows a sign of life every second; one that is silent for this long was killed. */
const silentMs = 6000
const signOfLifeMs = 1000
const longestPauseMs = 60
const attempts = 1000

async function touchedAt(file: string): Promise<number | undefined> {
  try {
    return (await stat(file)).mtimeMs
  } catch {
    return undefined
  }
}

/** Ages are differences of times that one file system gave, so no machine's clock matters. */
async function isAlone(dir: string, own: string): Promise<boolean> {
  const now = await touchedAt(join(dir, own))
  if (now === undefined) return false
  const others = (await readdir(dir)).filter((name) => name.startsWith(prefix) && name !== own)
  for (const other of others) {
    const touched = await touchedAt(join(dir, other))
    if (touched !== undefined && now - touched <= silentMs) return false
    await rm(join(dir, other), { force: true })
  }
  return true
}

/** First shows the own flag, then looks for others: of two that do so at once, one sees the other. */
async function claim(dir: string): Promise<string | undefined> {
  const name = `${prefix}${randomUUID()}`
  const flag = join(dir, name)
  try {
    await writeFile(flag, '', { flag: 'wx', mode: 0o600 })
  } catch (error) {
    throw notWritable(dir, error)
  }
  if (await isAlone(dir, name)) return flag
  await rm(flag, { force: true })
  return undefined
}

async function claimPatiently(dir: string): Promise<string> {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const flag = await claim(dir)
    if (flag !== undefined) return flag
    await pause(randomInt(5, longestPauseMs))
  }
  throw new KeyFault(`another process has been changing the keys folder ${dir} for too long`)
}

/**
 * Runs `work` while no other process changes the folder. It keeps things tidy (one first key, one
 * next key) and no more: any set of files is a valid state, so a holder that was frozen and lost
 * its claim does no harm. Fails with FolderNotWritable when the folder is read-only.
 */
export async function holdingFolder<T>(dir: string, work: () => Promise<T>): Promise<T> {
  const flag = await claimPatiently(dir)
  const showLife = () => writeFile(flag, '.', { flag: 'r+' }).catch(() => undefined)
  const timer = setInterval(showLife, signOfLifeMs)
  try {
    await removeUnfinished(dir)
    return await work()
  } finally {
    clearInterval(timer)
    await rm(flag, { force: true })
  }
}
