import { promisify } from 'node:util'
import { constants, deflate } from 'node:zlib'
import { refuseAtEdge } from '../api/mia/errors.ts'
import { isActive } from '../domain/accounts/account.ts'
import { Problem } from '../domain/problem.ts'
import { listBytes, listNumber } from '../domain/status-lists/status-list.ts'
import { assertReading, type Document, documentOf, serveDocument } from '../http/documents.ts'
import type { Handler } from '../http/listener.ts'
import { asProblem } from '../http/problems.ts'
import { signCompact } from '../signing/compact.ts'
import type { Dialect } from './dialect.ts'
import { statusListPath } from './mint.ts'
import type { Services } from './services.ts'

const deflated = promisify(deflate)

/**
 * Few bits are set, or all but few: runs of the same byte are all that there is to find. To look for more takes a
 * hundred times as long, for a fifteenth of the size.
 */
const packing = { level: constants.Z_BEST_COMPRESSION, strategy: constants.Z_RLE } as const

/** A list is built anew at most so often, whatever changes and whoever asks. */
const restMs = 250
/** So many tokens are looked at in one slice of a turn. */
const slice = 50_000
/** A list says of itself that it is good for so many times as long as a copy may be kept. */
const lives = 10

interface Built {
  readonly document: Document
  /** What it was built of. */
  readonly of: string
  /** Milliseconds: from then on it says something else, or is signed anew. */
  readonly until: number
  readonly at: number
}

type Parts = Pick<Services, 'settings' | 'issuer' | 'keyring' | 'directory' | 'now'>

/** Whether the tokens of an account are dead with it. */
function isDeadIn({ directory }: Parts): (clientId: string) => boolean {
  return (clientId) => !isActive(directory.accountByClientId(clientId))
}

/** The bits of a list, and when the next of them turns by itself (ms). */
async function bitsOf(parts: Parts, list: number, isClosed: boolean) {
  const { directory, keyring, now } = parts
  const { tokens, revocations } = directory
  const bits = new Uint8Array(listBytes).fill(isClosed ? 0xff : 0)
  const filling = tokens.filling({
    ...{ list, bits, isClosed },
    isDead: isDeadIn(parts),
    isAccepted: (kid) => keyring.verificationKey(kid) !== undefined,
    now: now(),
  })
  for (let from = 0; from < tokens.size; from += slice) {
    await directory.nextTurn()
    tokens.fill(filling, from, from + slice)
  }
  revocations.fill(filling)
  return { bits, turnsAt: tokens.nextTurnOfFormers(filling.now) }
}

/** A Status List Token (draft-ietf-oauth-status-list §5.1). */
async function signed({ keyring, issuer, settings, now }: Parts, id: string, bits: Uint8Array) {
  const ttl = settings.tokens.statusListSeconds
  const iat = Math.floor(now() / 1000)
  const lst = (await deflated(bits, packing)).toString('base64url')
  return await signCompact(keyring.current, 'statuslist+jwt', {
    iss: issuer,
    sub: `${issuer}${statusListPath}/${id}`,
    iat,
    exp: iat + ttl * lives,
    ttl,
    status_list: { bits: 1, lst },
  })
}

/** What a list is made of: while that is the same, so is the list, but for what time turns. */
function stateOf({ directory, keyring }: Parts): string {
  const { tokens, revocations, statusLists, revision, accountChanges } = directory
  const changes = [
    tokens.changes,
    revocations.changes,
    statusLists.changes,
    accountChanges,
    revision,
  ]
  return [...changes, ...keyring.published.map(({ kid }) => kid)].join(' ')
}

async function build(parts: Parts, id: string, list: number): Promise<Built> {
  const { settings, now } = parts
  const of = stateOf(parts)
  const at = now()
  const isClosed = parts.directory.statusLists.get(id)?.isClosed === true
  const { bits, turnsAt } = await bitsOf(parts, list, isClosed)
  const ttl = settings.tokens.statusListSeconds
  const body = Buffer.from(await signed(parts, id, bits))
  const document = documentOf(body, 'application/statuslist+jwt', ttl)
  // Signed anew long before it is over, so that whoever fetches it can keep it for its time.
  const staleAt = at + (ttl * lives * 1000) / 2
  return { document, of, at, until: Math.min(turnsAt, staleAt) }
}

/** The status lists of this server, each built when somebody asks for it and it is not as it was. */
class StatusLists {
  readonly #parts: Parts
  readonly #built = new Map<number, Built>()
  readonly #building = new Map<number, Promise<Built>>()

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** A list as it is now; undefined when there is none of this id. */
  async find(id: string): Promise<Document | undefined> {
    const list = this.#parts.directory.statusLists.get(id) && listNumber(id)
    if (list === undefined) return undefined
    const built = this.#built.get(list)
    if (built && this.#isGood(built)) return built.document
    return (await this.#build(id, list)).document
  }

  #isGood({ of, at, until }: Built): boolean {
    const now = this.#parts.now()
    if (now < at || now >= until) return false
    return of === stateOf(this.#parts) || now - at < restMs
  }

  async #build(id: string, list: number): Promise<Built> {
    const running = this.#building.get(list)
    if (running) return await running
    const building = build(this.#parts, id, list).finally(() => this.#building.delete(list))
    this.#building.set(list, building)
    const built = await building
    this.#built.set(list, built)
    return built
  }
}

const prefix = `${statusListPath}/`

function openStatusLists(services: Services): Handler {
  const { issuer, ensureFresh } = services
  const lists = new StatusLists(services)
  const serve: Handler = async (request, response) => {
    assertReading(request, response)
    await ensureFresh()
    const [path = ''] = (request.url ?? '').split('?')
    const document = await lists.find(path.slice(prefix.length))
    if (!document) throw new Problem('status_list.not_found', {})
    serveDocument(request, response, document)
  }
  return async (request, response) => {
    try {
      await serve(request, response)
    } catch (error) {
      services.outage.take(error)
      refuseAtEdge(response, asProblem(error), issuer)
    }
  }
}

/** The states of tokens for those who check them by themselves. */
export const statusListDialect: Dialect = {
  prefixes: [prefix],
  clientKeys: 'open',
  open: openStatusLists,
  refuse: refuseAtEdge,
}
