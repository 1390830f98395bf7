import { expect, test } from '@jest/globals'
import { readAttention } from '../../../src/domain/attention/read.ts'
import { newSecretCredential } from '../../../src/domain/credentials/make.ts'
import { looseEvent } from '../../contract/samples.ts'
import { noon } from '../samples.ts'
import { worldOfFile } from '../world.ts'

const world = worldOfFile()
const dayMs = 86_400_000

const secret = (terms: { readonly expiresAt?: number } = {}) =>
  newSecretCredential(world().system, { name: 'one', ...terms }).credential

async function readAt(at: number) {
  world().clock.at = at
  const { unused, expiring } = await readAttention(world().system, 'root')
  const ids = ({ first }: typeof unused) => first.map(({ clientId }) => clientId)
  return { unused: ids(unused), expiring: ids(expiring) }
}

test('an account is unused once more than 90 days lie behind its last use, or else its making', async () => {
  const { clientId: never } = await world().account({ credentials: [secret()] })
  const credential = secret()
  const { clientId: once } = await world().account({ credentials: [credential] })
  const use = noon + 10 * dayMs
  await world().store.noteUses(new Map([[credential.id, { at: use }]]))
  expect((await readAt(noon + 90 * dayMs)).unused).toEqual([])
  expect((await readAt(noon + 90 * dayMs + 1)).unused).toEqual([never])
  expect((await readAt(use + 90 * dayMs)).unused).toEqual([never])
  expect((await readAt(use + 90 * dayMs + 1)).unused).toEqual([never, once])
  await world().store.noteUses(new Map([[credential.id, { at: use + 90 * dayMs }]]))
  expect((await readAt(use + 90 * dayMs + 1)).unused).toEqual([never])
})

test('a credential is about to end from less than 30 days before it does', async () => {
  world().clock.at = noon
  const expiresAt = noon + 60 * dayMs
  const credentials = [secret({ expiresAt })]
  const { clientId } = await world().account({ credentials })
  expect((await readAt(expiresAt - 30 * dayMs)).expiring).toEqual([])
  expect((await readAt(expiresAt - 30 * dayMs + 1)).expiring).toEqual([clientId])
})

test('refused logins are told by the last of them, whenever they were written into the log', async () => {
  world().clock.at = noon + 1000 * dayMs
  const at = world().clock.at
  const target = { kind: 'service_account', id: 'refused', name: 'Refused' }
  for (const [reason, lastAt] of [
    ['wrong_secret', at - 30_000],
    ['expired_secret', at - 50_000],
  ] as const) {
    const after = { reason, count: 2, firstAt: at - 60_000, lastAt }
    await world().store.append(looseEvent({ at, action: 'login.refused', target, after }))
  }
  const { refusedLogins } = await readAttention(world().system, 'root')
  const row = { clientId: 'refused', name: 'Refused', at: at - 30_000, refusals: 4 }
  expect(refusedLogins).toEqual({ count: 1, first: [row] })
})
