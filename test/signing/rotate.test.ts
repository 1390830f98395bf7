import { utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { ensureKey } from '../../src/signing/ensure.ts'
import { type Keyring, openKeyring } from '../../src/signing/keyring.ts'
import { listKeys } from '../../src/signing/list.ts'
import { phasesOf } from '../../src/signing/phases.ts'
import { rotate } from '../../src/signing/rotate.ts'
import { keysFolder } from './folder.ts'
import { otherPassphrase, passphrase } from './secrets.ts'

const kids = (ring: Keyring) => ring.published.map(({ kid }) => kid)

async function rotated() {
  const folder = await keysFolder()
  const ring = await openKeyring(folder.options)
  const old = ring.current.kid
  const { key } = await folder.rotate(600)
  await ring.reload()
  return { ...folder, ring, old, next: key.kid }
}

describe('a rotation', () => {
  test('publishes the next key at once and lets the current one sign', async () => {
    const { ring, old, next } = await rotated()
    expect(ring.current.kid).toBe(old)
    expect(kids(ring)).toEqual([old, next])
    expect(ring.verificationKey(next)).toBeDefined()
  })

  test('lets the next key sign at its time, by the clock alone', async () => {
    const { ring, old, next, pass } = await rotated()
    pass(599)
    expect(await ring.reload()).toBe(false)
    expect(ring.current.kid).toBe(old)
    pass(1)
    expect(await ring.reload()).toBe(true)
    expect(ring.current.kid).toBe(next)
    expect(kids(ring)).toEqual([next, old])
  })

  test('keeps the old key published until its last token has expired', async () => {
    const { ring, old, next, pass } = await rotated()
    pass(600 + 3600 + 59)
    await ring.reload()
    expect(kids(ring)).toEqual([next, old])
    pass(1)
    expect(await ring.reload()).toBe(true)
    expect(kids(ring)).toEqual([next])
    expect(ring.verificationKey(old)).toBeUndefined()
  })

  test('never lets a verifier see a kid that it cannot have known for the publishing time', async () => {
    const folder = await keysFolder()
    const ring = await openKeyring(folder.options)
    const publishedAt = new Map(kids(ring).map((kid) => [kid, Number.NEGATIVE_INFINITY]))
    for (let second = 0; second < 20_000; second += 50) {
      if (second % 2000 === 0) await folder.rotate(600)
      await ring.reload()
      for (const kid of kids(ring)) publishedAt.set(kid, publishedAt.get(kid) ?? second)
      expect(publishedAt.get(ring.current.kid)).toBeLessThanOrEqual(second - 600)
      folder.pass(50)
    }
    expect(publishedAt.size).toBe(11)
  })

  test('changes nothing while a next key waits, and says so', async () => {
    const { rotate: again, files, next } = await rotated()
    const before = await files()
    expect(await again(600)).toMatchObject({ outcome: 'waiting', key: { kid: next } })
    expect(await files()).toEqual(before)
  })

  test('with immediate effect lets the waiting key sign now', async () => {
    const { rotate: again, ring, old, next, now, pass } = await rotated()
    pass(1)
    const { outcome, key } = await again(0)
    expect({ outcome, kid: key.kid, state: key.state }).toEqual({
      outcome: 'promoted',
      kid: next,
      state: { phase: 'current' },
    })
    await ring.reload()
    expect(ring.current.kid).toBe(next)
    expect(kids(ring)).toEqual([next, old])
    expect(key.signsFrom).toBe(now())
  })

  test('with immediate effect makes a key that signs now', async () => {
    const folder = await keysFolder()
    const ring = await openKeyring(folder.options)
    folder.pass(1)
    const { outcome, key } = await folder.rotate(0)
    await ring.reload()
    expect(outcome).toBe('made')
    expect(ring.current.kid).toBe(key.kid)
    expect(ring.published).toHaveLength(2)
  })

  test('in an empty folder makes a key that signs at once', async () => {
    const folder = await keysFolder()
    const { outcome, key } = await folder.rotate(600)
    expect({ outcome, state: key.state }).toEqual({ outcome: 'made', state: { phase: 'current' } })
  })

  test('makes a key of the configured algorithm', async () => {
    const folder = await keysFolder()
    await ensureKey(folder.options)
    folder.pass(1)
    const { key } = await rotate({ ...folder.options, alg: 'EdDSA', publishSeconds: 0 })
    expect(key).toMatchObject({ alg: 'EdDSA', size: 'Ed25519' })
    const warnings = (await ensureKey({ ...folder.options, alg: 'EdDSA' })).warnings
    expect(warnings).toEqual([])
  })

  test('removes the files of keys that have been over for a week, and no others', async () => {
    const { rotate: again, old, next, files, pass } = await rotated()
    pass(600 + 3660 + 7 * 24 * 3600 - 1)
    expect((await again(600)).pruned).toEqual([])
    pass(1)
    expect((await again(600)).pruned).toEqual([old])
    expect(await files()).not.toContain(`${old}.json`)
    expect(await files()).toContain(`${next}.json`)
  })

  test('by many processes at once makes one next key', async () => {
    const folder = await keysFolder()
    await ensureKey(folder.options)
    const all = await Promise.all(Array.from({ length: 8 }, () => folder.rotate(600)))
    expect(all.filter(({ outcome }) => outcome === 'made')).toHaveLength(1)
    expect(await folder.files()).toHaveLength(2)
  })

  test('takes over from a process that was killed in the middle of one', async () => {
    const folder = await keysFolder()
    await ensureKey(folder.options)
    const past = new Date(Date.now() - 60_000)
    await writeFile(join(folder.dir, '.lock-dead'), '')
    await utimes(join(folder.dir, '.lock-dead'), past, past)
    await writeFile(join(folder.dir, '.new-dead'), '{"key":')
    await folder.rotate(600)
    expect((await folder.files()).filter((name) => name.startsWith('.'))).toEqual([])
  })

  test('keeps to the passphrase', async () => {
    const folder = await keysFolder()
    const options = { ...folder.options, publishSeconds: 600 }
    await ensureKey({ ...options, passphrase })
    await expect(rotate(options)).rejects.toThrow('OSTIARY_KEYS_PASSPHRASE')
    const other = rotate({ ...options, passphrase: otherPassphrase })
    await expect(other).rejects.toThrow('cannot be decrypted')
    expect((await rotate({ ...options, passphrase })).key.isEncrypted).toBe(true)
    expect(await folder.files()).toHaveLength(2)
  })
})

describe('a listing', () => {
  test('says the phase of every key, and until when it lasts', async () => {
    const { options, old, next, pass, now, rotate: again } = await rotated()
    const started = now()
    pass(700)
    const { key } = await again(600)
    expect((await listKeys(options)).map(({ kid, state }) => ({ kid, state }))).toEqual([
      { kid: old, state: { phase: 'retired', verifiesUntil: started + (600 + 3600 + 60) * 1000 } },
      { kid: next, state: { phase: 'current' } },
      { kid: key.kid, state: { phase: 'next', signsFrom: started + 1300 * 1000 } },
    ])
  })

  test('of a folder that is not there is empty', async () => {
    const folder = await keysFolder()
    expect(await listKeys(folder.options)).toEqual([])
  })
})

describe('the phases', () => {
  const clock = { now: 1000, maxTokenLifetimeSeconds: 0 }
  const phases = (...keys: readonly (readonly [string, number])[]) =>
    phasesOf(
      keys.map(([kid, signsFrom]) => ({ kid, signsFrom })),
      clock,
    ).map(({ key, state }) => [key.kid, state.phase])

  test('are those of one order, whatever the order of the files', () => {
    const expected = [
      ['a', 'retired'],
      ['b', 'current'],
      ['c', 'next'],
    ]
    expect(phases(['a', 1], ['b', 2], ['c', 2000])).toEqual(expected)
    expect(phases(['c', 2000], ['b', 2], ['a', 1])).toEqual(expected)
  })

  test('are the same everywhere for keys of one moment', () => {
    const expected = [
      ['a', 'retired'],
      ['b', 'current'],
    ]
    expect(phases(['a', 1], ['b', 1])).toEqual(expected)
    expect(phases(['b', 1], ['a', 1])).toEqual(expected)
  })

  test('let the earliest key sign when the clock is behind all of them', () => {
    expect(phases(['b', 3000], ['a', 2000])).toEqual([
      ['a', 'current'],
      ['b', 'next'],
    ])
  })
})
