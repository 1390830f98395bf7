import { type Command, InvalidArgumentError } from 'commander'
import type { Checkpoint } from '../domain/audit/checkpoint.ts'
import type { VerifyOptions } from '../domain/audit/verify.ts'
import { UsageError } from './failure.ts'
import { readInput } from './world.ts'

/** What a log is proven with. */
export interface ProofFlags {
  /** Files or URLs of sets of keys. */
  readonly jwks?: readonly string[]
  /** A checkpoint that was kept, or the file that it is in. */
  readonly from?: string
}

const longestSetBytes = 1024 * 1024
const patienceMs = 10_000
const loopback: readonly string[] = ['127.0.0.1', '[::1]', 'localhost']

/** One more source: an option may be given several times. */
export function another(source: string, former: readonly string[] = []): readonly string[] {
  if (source !== '') return [...former, source]
  throw new InvalidArgumentError('Expected a file or a URL.')
}

async function boundedText(answer: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of answer.body ?? []) {
    bytes += chunk.length
    if (bytes > longestSetBytes) throw new Error(`it has more than ${longestSetBytes} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

async function fetched(url: URL): Promise<string> {
  if (url.protocol !== 'https:' && !loopback.includes(url.hostname)) {
    throw new Error('keys that prove something are read over https, or from this machine')
  }
  const signal = AbortSignal.timeout(patienceMs)
  const answer = await fetch(url, { redirect: 'error', signal })
  if (!answer.ok) throw new Error(`the answer is ${answer.status}`)
  return await boundedText(answer)
}

async function readSet(command: Command, source: string): Promise<unknown> {
  const url = /^https?:/i.test(source) ? URL.parse(source) : null
  const text = url === null ? readInput(command, source, '--jwks') : await fetched(url)
  return JSON.parse(text)
}

/** The sets of keys, as far as they can be read. Fails with what is wrong, by its source. */
async function readSets(
  command: Command,
  sources: readonly string[],
  check: (set: unknown) => unknown,
): Promise<unknown[]> {
  const sets: unknown[] = []
  for (const source of sources) {
    try {
      const set = await readSet(command, source)
      check(set)
      sets.push(set)
    } catch (error) {
      if (error instanceof UsageError) throw error
      const reason = error instanceof Error ? error.message : String(error)
      throw new UsageError(`--jwks: ${source} gives no set of keys: ${reason}`)
    }
  }
  return sets
}

function fromText(command: Command, from: string): string {
  const isJws = /^eyJ[\w-]+\.[\w-]+\.[\w-]+$/.test(from)
  return isJws ? from : readInput(command, from, '--from').trim()
}

/** How the log is verified, as the caller wants it. */
export async function verifyOptions(command: Command, flags: ProofFlags): Promise<VerifyOptions> {
  const { proveCheckpoint, readCheckpoint } = await import('../signing/checkpoint.ts')
  const { publishedKeys } = await import('../signing/key-sets.ts')
  const sets = flags.jwks && (await readSets(command, flags.jwks, (set) => publishedKeys([set])))
  const keys = sets && publishedKeys(sets)
  const prove = keys && ((jws: string) => proveCheckpoint(jws, keys))
  if (flags.from === undefined) return { prove }
  const jws = fromText(command, flags.from)
  return { prove, from: keptCheckpoint(prove?.(jws) ?? readCheckpoint(jws)) }
}

type Kept = ReturnType<NonNullable<VerifyOptions['prove']>>

function keptCheckpoint(proof: Kept): Checkpoint {
  if (proof.ok) return proof.checkpoint
  const reasons = {
    unknown_key: `is signed by the key ${proof.kid}, which no --jwks has`,
    forged: 'is no checkpoint of this server',
  }
  throw new UsageError(`--from: what was given ${reasons[proof.why]}`)
}
