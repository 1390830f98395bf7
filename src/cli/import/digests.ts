import type { Command } from 'commander'
import { bcryptForm } from '../../domain/credentials/foreign-secret.ts'
import { Type } from '../../schema/type.ts'
import { boundedText, checkedBy, documentsIn, jsonOf, wrongFile } from './file.ts'

const most = 1_000_000

const Documents = Type.Array(Type.Unsafe<object>({ type: 'object', expected: 'a document' }), {
  maxItems: most,
  expected: `a list of at most ${most} documents`,
})

const Names = Type.Unsafe<Readonly<Record<string, string>>>({
  type: 'object',
  maxProperties: most,
  additionalProperties: { type: 'string', expected: 'a client id' },
  expected: `an object that says of at most ${most} hashes whose client id each is`,
})

/** The files in which an engine keeps secrets, apart from its clients. */
export interface DigestFiles {
  readonly credentials: string
  /** Says whose client id each hash is; absent: they are not hashed. */
  readonly clientIds: string | undefined
}

/** The digests of secrets by client id, and how many there are of nobody who is known. */
export interface SecretDigests {
  readonly byClientId: ReadonlyMap<string, string>
  readonly ofNobody: number
}

function namesIn(command: Command, file: string | undefined): ReadonlyMap<string, string> {
  if (file === undefined) return new Map()
  const value = jsonOf(file, boundedText(command, file))
  return new Map(
    Object.entries(checkedBy<Readonly<Record<string, string>>>({ ...Names }, file, value)),
  )
}

const form = new RegExp(bcryptForm)

/** Its members may be called anything: each text of a document says by itself what it is. */
function readDocument(document: object, names: ReadonlyMap<string, string>) {
  const texts: readonly string[] = Object.values(document).filter((one) => typeof one === 'string')
  return {
    ids: texts.map((text) => names.get(text) ?? text),
    digests: texts.filter((text) => form.test(text) && !names.has(text)),
  }
}

/** Gathers digests, and what is wrong with documents; it never quotes one. */
class Gathered {
  readonly byClientId = new Map<string, string>()
  readonly faults: string[] = []
  ofNobody = 0

  add(place: number, clientId: string | undefined, digests: readonly string[]): void {
    const [digest] = digests
    if (digest === undefined) this.faults.push(`${place}: no text of it is a digest of bcrypt`)
    else if (digests.length > 1)
      this.faults.push(`${place}: several texts of it are digests of bcrypt`)
    else if (clientId === undefined) this.ofNobody += 1
    else if (this.byClientId.has(clientId))
      this.faults.push(`${place}: is the second of ${clientId}`)
    else this.byClientId.set(clientId, digest)
  }
}

/** Reads the digests of the secrets of these clients. Fails naming the documents that are wrong. */
export function readDigests(
  command: Command,
  { credentials: file, clientIds }: DigestFiles,
  clients: ReadonlySet<string>,
): SecretDigests {
  const names = namesIn(command, clientIds)
  const documents = checkedBy<readonly object[]>({ ...Documents }, file, documentsIn(command, file))
  const gathered = new Gathered()
  for (const [place, document] of documents.entries()) {
    const { ids, digests } = readDocument(document, names)
    gathered.add(
      place,
      ids.find((id) => clients.has(id)),
      digests,
    )
  }
  if (gathered.faults.length > 0) throw wrongFile(file, gathered.faults)
  return gathered
}
