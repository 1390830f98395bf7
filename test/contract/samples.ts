import { miaWords } from '../../src/api/mia/problems.ts'
import type { Account } from '../../src/domain/accounts/account.ts'
import { isChained } from '../../src/domain/audit/chain.ts'
import type { Event, NewEvent } from '../../src/domain/audit/event.ts'
import type { ClientKey } from '../../src/domain/client-keys/client-key.ts'
import { newId } from '../../src/domain/ids.ts'
import { isProblem, type ProblemCode } from '../../src/domain/problem.ts'
import { newRecordId } from '../../src/domain/records.ts'
import { fingerprint } from '../../src/domain/secret.ts'
import type { Store } from '../../src/domain/store.ts'
import type { Revocation } from '../../src/domain/tokens/revocation.ts'
import type { Versioned } from '../../src/domain/versioned.ts'
import { say } from '../../src/http/problems.ts'
import { noon, sampleAccount, unique } from '../domain/samples.ts'

export function clientKey(changes: Partial<ClientKey> = {}): ClientKey {
  const name = unique('key')
  return {
    id: newRecordId('client_key', noon),
    version: 1,
    live: true,
    name,
    digest: { pepper: 'test', value: fingerprint(name) },
    active: true,
    createdAt: noon,
    ...changes,
  }
}

export function revocation(changes: Partial<Revocation> = {}): Revocation {
  const id = fingerprint('revocation', unique('token'))
  return { id, version: 1, live: true, clientId: 'test', purgeAfter: noon, ...changes }
}

/** The event of one write; each call is another request. */
export function eventFor(record: Versioned, changes: Partial<NewEvent> = {}): NewEvent {
  return {
    id: `${record.id}:${record.version}`,
    at: noon,
    action: record.version === 1 ? 'account.create' : 'account.update',
    actor: { kind: 'system', id: 'test', name: 'test' },
    target: { kind: 'account', id: record.id, name: record.id },
    requestId: unique('request'),
    record: { kind: 'account', id: record.id },
    ...changes,
  }
}

export function looseEvent(changes: Partial<NewEvent> = {}): NewEvent {
  const id = newId('event', noon)
  return { ...eventFor({ id, version: 1, live: true }), id, action: 'login.refused', ...changes }
}

export async function create(store: Store, changes: Partial<Account> = {}): Promise<Account> {
  const record = sampleAccount(changes)
  await store.commit('account', record, eventFor(record))
  return record
}

export async function change(
  store: Store,
  former: Account,
  changes: Partial<Account>,
): Promise<Account> {
  const record = { ...former, ...changes, version: former.version + 1 }
  await store.commit('account', record, eventFor(record))
  return record
}

export function tombstone(former: Account, purgeAfter = noon): Account {
  const { version } = former
  return { ...former, version: version + 1, live: false, credentials: [], purgeAfter }
}

/** What a call came to: `done`, or the code and field of its Problem; anything else is thrown. */
export async function outcome(call: Promise<unknown>): Promise<'done' | ProblemCode | string> {
  try {
    await call
    return 'done'
  } catch (error) {
    if (!isProblem(error)) throw error
    const { field } = say(miaWords, error)
    return field === undefined ? error.code : `${error.code} ${field}`
  }
}

export function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index))
}

export function tally(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1
  return counts
}

/** The first place at which the chain of numbers and hashes does not hold; 0 when it does. */
export function brokenAt(events: readonly Event[], before?: Event): number {
  let previous = before
  for (const event of events) {
    if (!isChained(event, previous)) return (previous?.seq ?? 0) + 1
    previous = event
  }
  return 0
}

export async function wholeLog(store: Pick<Store, 'events'>): Promise<readonly Event[]> {
  return await store.events({ limit: 100_000 })
}
