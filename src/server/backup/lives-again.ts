import { type Account, isActive } from '../../domain/accounts/account.ts'
import { isUsable } from '../../domain/credentials/credential.ts'
import { everyPage } from '../../domain/every-page.ts'
import { isTrusted } from '../../domain/issuers/issuer.ts'
import type { Kind, Records } from '../../domain/records.ts'
import type { Store } from '../../domain/store.ts'
import type { Token } from '../../domain/tokens/token.ts'
import { bindingsBack, type TreeKind, treeBack, treeKinds } from './tree-back.ts'

/** Of a store: what a comparison reads. */
export type Readable = Pick<Store, 'get' | 'scan'>

/** What is listed by name: a restore from long ago may bring back very much. */
const mostListed = 1000

/** What an older store brings back. */
export interface LivesAgain {
  /** A line each, such as `account ost_ci_… (name): was deleted`. */
  readonly lines: readonly string[]
  /** How many more there are than are listed. */
  readonly more: number
  /** What was made since, and is gone. */
  readonly gone: number
}

async function* all<K extends Kind>(store: Readable, kind: K): AsyncGenerator<Records[K]> {
  for await (const records of everyPage(store, kind)) yield* records
}

function credentialsBack(older: Account, newer: Account, now: number): readonly string[] {
  const usable = new Set(
    newer.credentials.filter((one) => isUsable(one, now)).map(({ id }) => String(id)),
  )
  return older.credentials
    .filter((one) => isUsable(one, now) && !usable.has(one.id))
    .map(({ id, kind, name }) => `its ${kind} ${id} (${name}) had ended`)
}

function rightsBack(older: Account, newer: Account): readonly string[] {
  const lost = [
    ...older.permissions.filter((held) => !newer.permissions.includes(held)),
    ...older.audiences.filter((held) => !newer.audiences.includes(held)),
    ...bindingsBack(older.bindings, newer.bindings),
  ]
  return lost.length === 0 ? [] : [`had lost ${lost.join(', ')}`]
}

/** What of one account was ended since, and is good again. */
function accountBack(older: Account, newer: Account | undefined, now: number): readonly string[] {
  if (!older.live) return []
  if (!newer?.live) return ['was deleted']
  const wasDisabled = isActive(older) && !isActive(newer) ? ['was disabled'] : []
  return [...wasDisabled, ...credentialsBack(older, newer, now), ...rightsBack(older, newer)]
}

/** What of one token was ended since, and is good again. */
function tokenBack(older: Token, newer: Token | undefined): string | undefined {
  if (!older.live) return undefined
  if (!newer?.live) return 'was deleted'
  return older.value.jti === newer.value.jti ? undefined : 'has its former value again'
}

async function* tokensBackIn(older: Readable, newer: Readable): AsyncGenerator<string> {
  for await (const token of all(older, 'token')) {
    const line = tokenBack(token, await newer.get('token', token.id))
    if (line) yield `token ${token.id} (${token.name}) of ${token.account}: ${line}`
  }
}

async function* backIn(older: Readable, newer: Readable, now: number): AsyncGenerator<string> {
  for await (const account of all(older, 'account')) {
    const found = accountBack(account, await newer.get('account', account.id), now)
    for (const line of found) yield `account ${account.clientId} (${account.name}): ${line}`
  }
  yield* tokensBackIn(older, newer)
  yield* issuersBackIn(older, newer)
  for (const kind of treeKinds) yield* treeBackIn(kind, older, newer)
  for await (const key of all(older, 'client_key')) {
    const now_ = await newer.get('client_key', key.id)
    const isBack = key.live && key.active && !(now_?.live && now_.active)
    if (isBack) yield `client key ${key.id} (${key.name}): was disabled or deleted`
  }
}

async function* treeBackIn<K extends TreeKind>(
  kind: K,
  older: Readable,
  newer: Readable,
): AsyncGenerator<string> {
  for await (const record of all(older, kind)) {
    const found = treeBack(kind, record, await newer.get(kind, record.id))
    for (const line of found) yield `${kind} ${record.id} (${record.name}): ${line}`
  }
}

async function* issuersBackIn(older: Readable, newer: Readable): AsyncGenerator<string> {
  for await (const issuer of all(older, 'issuer')) {
    if (isTrusted(issuer) && !isTrusted(await newer.get('issuer', issuer.id))) {
      yield `issuer ${issuer.id} (${issuer.name}): was disabled or deleted`
    }
  }
}

async function countGone(older: Readable, newer: Readable): Promise<number> {
  let gone = 0
  for await (const { id, live } of all(newer, 'account')) {
    if (live && (await older.get('account', id)) === undefined) gone += 1
  }
  return gone
}

/** Compares a store with an older state of it: what was ended since lives again in that one. */
export async function livesAgain(
  older: Readable,
  newer: Readable,
  now: number,
): Promise<LivesAgain> {
  const lines: string[] = []
  let more = 0
  for await (const line of backIn(older, newer, now)) {
    if (lines.length < mostListed) lines.push(line)
    else more += 1
  }
  return { lines, more, gone: await countGone(older, newer) }
}

/** How many accounts of a store are live: where there is nothing to compare it with. */
export async function countLive(store: Readable): Promise<number> {
  let count = 0
  for await (const { live } of all(store, 'account')) if (live) count += 1
  return count
}
