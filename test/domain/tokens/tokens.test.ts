import { randomUUID } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { deleteAccount } from '../../../src/domain/accounts/update.ts'
import type { Context } from '../../../src/domain/context.ts'
import { purgeTokens } from '../../../src/domain/purge/tokens.ts'
import { createToken } from '../../../src/domain/tokens/create.ts'
import { endOverlaps } from '../../../src/domain/tokens/end-overlap.ts'
import { warnOfEnd } from '../../../src/domain/tokens/ends-soon.ts'
import { regenerateToken } from '../../../src/domain/tokens/regenerate.ts'
import { shownVersion } from '../../../src/domain/versioned.ts'
import { refusal, worldOfFile } from '../world.ts'

const dayMs = 86_400_000
const world = worldOfFile()

/** Who asks, in a process that signs: of this key nothing is checked here. */
function signing(ctx: Context, { isAccepted = true } = {}): Context {
  return {
    ...ctx,
    mint: {
      issuer: 'https://own.example',
      sign: async () => ({ jwt: randomUUID(), kid: 'key' }),
      isAccepted: () => isAccepted,
      place: async () => undefined,
    },
  }
}

const holder = async () => ({ clientId: (await world().account()).clientId })

describe('a token', () => {
  test('lives three years by the calendar when nobody says otherwise, from 29 February to 1 March', async () => {
    const { clock, system } = world()
    const before = clock.at
    clock.at = Date.UTC(2028, 1, 29, 12, 0, 0, 500)
    const { token } = await createToken(signing(system), await holder(), { name: 'leap' })
    expect(new Date(token.value.expiresAt).toISOString()).toBe('2031-03-01T12:00:00.000Z')
    clock.at = before
  })

  test('lives no longer than it may, and not backwards', async () => {
    const { clock, system } = world()
    const ctx = signing(system)
    const target = await holder()
    const most = ctx.limits.projectTokenSeconds * 1000
    const make = (expiresAt: number) => createToken(ctx, target, { name: randomUUID(), expiresAt })
    const second = Math.floor(clock.at / 1000) * 1000
    expect((await make(second + most)).token.value.expiresAt).toBe(second + most)
    expect(await refusal(make(second + most + 1000))).toMatchObject([
      'request.invalid',
      { rule: 'life_is_bounded' },
    ])
    expect(await refusal(make(clock.at))).toMatchObject([
      'request.invalid',
      { rule: 'end_lies_ahead' },
    ])
  })

  test('is told of 30, 14, 7 days and a day before it ends, each once, whoever looks', async () => {
    const { clock, system, store } = world()
    const before = clock.at
    const { token } = await createToken(signing(system), await holder(), {
      name: 'ageing',
      expiresAt: before + 40 * dayMs,
    })
    const told = new Set<number>()
    for (let day = 0; day <= 40; day += 0.5) {
      clock.at = before + day * dayMs
      const both = await Promise.all([warnOfEnd(system, token.id), warnOfEnd(system, token.id)])
      for (const days of both.flat()) told.add(days)
    }
    expect([...told]).toEqual([30, 14, 7, 1])
    const events = await store.events({ targetId: token.id, limit: 100 })
    expect(events.filter(({ action }) => action === 'token.ends_soon')).toHaveLength(4)
    clock.at = before
  })

  test('is told of nothing that was due before it was made', async () => {
    const { clock, system } = world()
    const before = clock.at
    const { token } = await createToken(signing(system), await holder(), {
      name: 'short',
      expiresAt: before + 10 * dayMs,
    })
    expect(await warnOfEnd(system, token.id)).toEqual([])
    clock.at = before + 4 * dayMs
    expect(await warnOfEnd(system, token.id)).toEqual([7])
    clock.at = before
  })

  test('of two new values at once one is made, and the other caller is told', async () => {
    const { system } = world()
    const ctx = signing(system)
    const target = await holder()
    const { token } = await createToken(ctx, target, { name: 'raced' })
    const both = await Promise.allSettled([
      regenerateToken(ctx, { ...target, id: token.id }, {}),
      regenerateToken(ctx, { ...target, id: token.id }, {}),
    ])
    const lost = both.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []))
    expect(lost).toMatchObject([{ code: 'token.regenerated' }])
  })

  test('that is not accepted any more ends at once when it is given a new value, whatever the overlap', async () => {
    const { clock, system } = world()
    const before = clock.at
    const target = await holder()
    const make = async (name: string) => {
      const expiresAt = before + dayMs
      const { token } = await createToken(signing(system), target, { name, expiresAt })
      return { ...target, id: token.id }
    }
    const [unsigned, over] = [await make('key is gone'), await make('over')]
    const overlapSeconds = 600
    const first = await regenerateToken(signing(system, { isAccepted: false }), unsigned, {
      overlapSeconds,
    })
    expect(first.previousExpiresAt).toBe(before)
    clock.at = before + 2 * dayMs
    const second = await regenerateToken(signing(system), over, { overlapSeconds })
    expect(second.previousExpiresAt).toBe(Math.floor((before + dayMs) / 1000) * 1000)
    expect([first, second].map(({ token }) => token.former?.endsAt)).toEqual([0, 0])
    clock.at = before
  })

  test('has the end of its former value written when the overlap is over, once, whoever looks', async () => {
    const { clock, system, store } = world()
    const before = clock.at
    const ctx = signing(system)
    const target = await holder()
    const { token } = await createToken(ctx, target, { name: 'let be' })
    const at = { ...target, id: token.id }
    await regenerateToken(ctx, at, { overlapSeconds: 60 })
    const ended = async () => {
      const events = await store.events({ targetId: token.id, limit: 100 })
      return events.filter(({ action }) => action === 'token.end_overlap').length
    }
    const look = () => Promise.all([endOverlaps(ctx, [token.id]), endOverlaps(ctx, [token.id])])
    await look()
    expect(await ended()).toBe(0)
    clock.at = before + 60_000
    const away = { ...ctx.store, commit: () => Promise.reject(new Error('no answer')) }
    await expect(endOverlaps({ ...ctx, store: away }, [token.id])).rejects.toThrow('no answer')
    const shown = shownVersion((await store.get('token', token.id)) ?? token)
    await look()
    await look()
    const record = await store.get('token', token.id)
    expect([await ended(), record?.former?.endsAt]).toEqual([1, 0])
    expect(shownVersion(record ?? token)).toBe(shown)
    await regenerateToken(ctx, at, { overlapSeconds: 60 })
    expect(await ended()).toBe(1)
    clock.at = before
  })

  test('is deleted behind its account', async () => {
    const { system, store } = world()
    const target = await holder()
    const { token } = await createToken(signing(system), target, { name: 'orphan' })
    await deleteAccount(system, target)
    while ((await purgeTokens(system, 100)) > 0);
    expect(await store.get('token', token.id)).toMatchObject({ live: false })
    expect(system.known.tokensOf(target.clientId)).toEqual([])
  })
})
