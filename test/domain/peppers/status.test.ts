import { beforeEach, expect, test } from '@jest/globals'
import { hashSync } from 'bcryptjs'
import type { Context } from '../../../src/domain/context.ts'
import { foreignSecret, newSecretCredential } from '../../../src/domain/credentials/make.ts'
import { pepperStatus } from '../../../src/domain/peppers/status.ts'
import { digestWith, newPepperKey, type Pepper, pepperOf } from '../../../src/domain/secret.ts'
import { clientKey, eventFor } from '../../contract/samples.ts'
import { unique } from '../samples.ts'
import { companies, manage, refusal, view, worldOfFile } from '../world.ts'

const world = worldOfFile()
let [current, retired, gone]: readonly Pepper[] = []
let ctx: Context

const fresh = () => pepperOf(newPepperKey())
const known = (pepper: Pepper | undefined): Pepper => {
  if (!pepper) throw new Error('no pepper')
  return pepper
}

beforeEach(() => {
  ;[current, retired, gone] = [fresh(), fresh(), fresh()]
  ctx = { ...world().system, peppers: [known(current), known(retired)] }
})

const secretOf = (pepper: Pepper | undefined, expiresAt?: number) => {
  const terms = { name: 'a', ...(expiresAt !== undefined && { expiresAt }) }
  return newSecretCredential({ ...ctx, peppers: [known(pepper)] }, terms).credential
}

/** What of the answer is about the peppers of this test: the world keeps what others made. */
async function status() {
  const ids = [current, retired, gone].map((pepper) => pepper?.id)
  return (await pepperStatus(ctx)).filter(({ id }) => ids.includes(id))
}

test('peppers are told with what needs them: the current one, the retired, and what is missing', async () => {
  const both = await world().account({ credentials: [secretOf(current), secretOf(retired)] })
  const lost = await world().account({ credentials: [secretOf(gone)] })
  const named = ({ clientId, name }: typeof both) => ({ clientId, name })
  expect(await status()).toEqual([
    { id: current?.id, state: 'current', secrets: 1, clientKeys: 0, accounts: [named(both)] },
    { id: retired?.id, state: 'retired', secrets: 1, clientKeys: 0, accounts: [named(both)] },
    { id: gone?.id, state: 'missing', secrets: 1, clientKeys: 0, accounts: [named(lost)] },
  ])
})

test('what another server digested is counted apart, and is no pepper that is missing', async () => {
  const foreign = async () => (await pepperStatus(ctx)).filter(({ id }) => id === 'bcrypt')
  expect(await foreign()).toEqual([])
  const credential = foreignSecret(ctx, { name: 'imported' }, hashSync('theirs', 4))
  const { clientId, name } = await world().account({ credentials: [credential] })
  const accounts = [{ clientId, name }]
  expect(await foreign()).toEqual([
    { id: 'bcrypt', state: 'foreign', secrets: 1, clientKeys: 0, accounts },
  ])
})

test('what has ended needs no pepper, and what is disabled does: it may be enabled again', async () => {
  const soon = ctx.now() + 1000
  await world().account({ state: 'disabled', credentials: [secretOf(retired)] })
  await world().account({ credentials: [secretOf(retired, soon)] })
  for (const given of [{ active: false }, { expiresAt: soon }]) {
    const digest = digestWith(known(retired), unique('value'))
    const key = clientKey({ digest, ...given })
    await ctx.store.commit('client_key', key, eventFor(key))
  }
  const counted = async () =>
    (await status()).map(({ secrets, clientKeys }) => [secrets, clientKeys])
  expect(await counted()).toEqual([
    [0, 0],
    [2, 2],
  ])
  world().clock.at = soon
  expect(await counted()).toEqual([
    [0, 0],
    [1, 1],
  ])
})

test('all are counted, and a hundred accounts are named', async () => {
  for (let n = 0; n < 120; n += 1) await world().account({ credentials: [secretOf(retired)] })
  const [, answer] = await status()
  expect([answer?.secrets, answer?.accounts.length]).toEqual([120, 100])
})

test('counting lets everything else have its turn', async () => {
  for (let n = 0; n < 520; n += 1) await world().account()
  let turns = 0
  const other = setImmediate(() => {
    turns += 1
  })
  await status()
  clearImmediate(other)
  expect(turns).toBeGreaterThan(0)
})

test('who may not manage accounts is told of no pepper', async () => {
  const stranger = await world().holding(companies)
  expect(await refusal(pepperStatus(stranger))).toEqual([
    'actor.forbidden',
    { action: 'pepper.list', needed: [manage, view] },
  ])
})
