import { expect, test } from '@jest/globals'
import { chain } from '../../../src/domain/audit/chain.ts'
import { type Checkpoint, jwsOf, makeCheckpoint } from '../../../src/domain/audit/checkpoint.ts'
import type { Event } from '../../../src/domain/audit/event.ts'
import { type Proof, verifyLog } from '../../../src/domain/audit/verify.ts'
import type { EventQuery } from '../../../src/domain/store.ts'
import { looseEvent, times } from '../../contract/samples.ts'
import { noon } from '../samples.ts'

const hourMs = 3_600_000

/** A log in memory, which takes an event id once. */
function logOf(events: Event[] = []) {
  const append = async (event: Parameters<typeof chain>[0]) => {
    if (!events.some(({ id }) => id === event.id)) events.push(chain(event, events.at(-1)))
  }
  const read = async ({ after = 0, limit, newestFirst = false, targetId }: EventQuery) => {
    const found = events.filter(
      ({ seq, target }) => seq > after && (targetId === undefined || target.id === targetId),
    )
    return (newestFirst ? found.toReversed() : found).slice(0, limit)
  }
  return { events, append, store: { append, events: read } }
}

type Log = ReturnType<typeof logOf>

/** Signs in plain text, under the name of a key. */
const signedBy = (kid: string) => async (checkpoint: Checkpoint) =>
  JSON.stringify({ kid, checkpoint })

/** Proves what a key of these names has signed. */
const provenBy =
  (...kids: readonly string[]) =>
  (jws: string): Proof => {
    const { kid = '', checkpoint } = jws.startsWith('{') ? JSON.parse(jws) : {}
    if (!checkpoint) return { ok: false, kid, why: 'forged' }
    return kids.includes(kid)
      ? { ok: true, kid, checkpoint }
      : { ok: false, kid, why: 'unknown_key' }
  }

const check = (log: Log, at: number, kid = 'key') => makeCheckpoint(log.store, at, signedBy(kid))

async function write(log: Log, count: number, at = noon): Promise<void> {
  for (const event of times(count, () => looseEvent({ at }))) await log.append(event)
}

const placesOf = ({ events }: Log) =>
  events.flatMap((event) => (jwsOf(event) === undefined ? [] : [event.seq]))

/** A log of 250 entries with two checkpoints, at 100 and 200. */
async function checkedLog(): Promise<Log> {
  const log = logOf()
  for (let n = 0; n < 250; n += 1) {
    if (n !== 99 && n !== 199) await write(log, 1)
    await check(log, noon)
  }
  return log
}

/** The same log after somebody changed an entry and chained all that follows anew. */
function rewritten({ events }: Log, seq: number): Log {
  const all: Event[] = []
  for (const { hash: _hash, previousHash: _before, ...event } of events) {
    const changed = event.seq === seq ? { ...event, requestId: 'forged' } : event
    all.push(chain(changed, all.at(-1)))
  }
  return logOf(all)
}

test('each hundredth entry is a checkpoint', async () => {
  expect(placesOf(await checkedLog())).toEqual([100, 200])
})

test('what is new after an hour gets a checkpoint, and what is not new gets none', async () => {
  const log = logOf()
  await check(log, noon)
  await write(log, 2)
  await check(log, noon + hourMs - 1)
  expect(placesOf(log)).toEqual([])
  await check(log, noon + hourMs)
  await check(log, noon + 5 * hourMs)
  expect(placesOf(log)).toEqual([3])
  await write(log, 1, noon + 5 * hourMs)
  await check(log, noon + 5 * hourMs)
  expect(placesOf(log)).toEqual([3, 5])
})

test('of several processes that make one checkpoint at once, one does', async () => {
  const log = logOf()
  await write(log, 120)
  await Promise.all(times(5, () => check(log, noon)))
  expect(placesOf(log)).toEqual([121])
})

test('a checkpoint proves all up to its entry', async () => {
  const log = await checkedLog()
  expect(await verifyLog(log.store, { prove: provenBy('key') })).toMatchObject({
    isSound: true,
    count: 250,
    signatures: {
      proven: { entry: 199, hash: log.events[198]?.hash, at: noon, kid: 'key' },
      unknown: [],
    },
  })
})

test('a log that somebody chained anew is sound by itself, and broken by its next checkpoint', async () => {
  const log = await checkedLog()
  for (const [seq, brokenAt] of [
    [1, 100],
    [99, 100],
    [100, 200],
    [150, 200],
  ] as const) {
    const forged = rewritten(log, seq)
    expect(await verifyLog(forged.store)).toMatchObject({ isSound: true })
    const verdict = await verifyLog(forged.store, { prove: provenBy('key') })
    expect(verdict).toEqual({ isSound: false, brokenAt })
  }
})

test('entries after the last checkpoint are not proven by it', async () => {
  const forged = rewritten(await checkedLog(), 230)
  expect(await verifyLog(forged.store, { prove: provenBy('key') })).toMatchObject({
    signatures: { proven: { entry: 199 } },
  })
})

test('a checkpoint by a key that is not known proves nothing, and one after it covers it', async () => {
  const log = logOf()
  for (const kid of ['old', 'new', 'other']) {
    await write(log, 99)
    await check(log, noon, kid)
  }
  const signatures = async (...kids: string[]) =>
    await verifyLog(log.store, { prove: provenBy(...kids) })
  expect(await signatures('new')).toMatchObject({
    signatures: { proven: { entry: 199, kid: 'new' }, unknown: [{ seq: 300, kid: 'other' }] },
  })
  expect(await signatures('old', 'new', 'other')).toMatchObject({
    signatures: { proven: { entry: 299 }, unknown: [] },
  })
  expect(await signatures()).toMatchObject({
    signatures: { proven: undefined, unknown: [{ seq: 100 }, { seq: 200 }, { seq: 300 }] },
  })
})

test('a checkpoint that nobody signed, or of what comes later, breaks the log', async () => {
  for (const jws of ['', 'eyJ', await signedBy('key')({ entry: 9, hash: 'x', at: noon })]) {
    const log = logOf()
    await write(log, 3)
    await log.append(looseEvent({ action: 'log.checkpoint', after: { jws } }))
    const verdict = await verifyLog(log.store, { prove: provenBy('key') })
    expect(verdict).toEqual({ isSound: false, brokenAt: 4 })
  }
})

test('a kept checkpoint is where a verification begins, and finds a log that was cut or changed', async () => {
  const log = await checkedLog()
  const from = { entry: 199, hash: log.events[198]?.hash ?? '', at: noon }
  expect(await verifyLog(log.store, { from })).toMatchObject({ isSound: true, count: 250 })
  expect(await verifyLog(rewritten(log, 5).store, { from })).toEqual({
    isSound: false,
    brokenAt: 199,
  })
  const cut = logOf(log.events.slice(0, 150))
  expect(await verifyLog(cut.store, { from })).toEqual({ isSound: false, brokenAt: 199 })
  const changed = log.events.map((event) => (event.seq === 210 ? { ...event, at: 1 } : event))
  expect(await verifyLog(logOf(changed).store, { from })).toEqual({ isSound: false, brokenAt: 210 })
})
