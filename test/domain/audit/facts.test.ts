import { generateKeyPairSync } from 'node:crypto'
import { expect, test } from '@jest/globals'
import { calculateJwkThumbprint } from 'jose'
import { createAccount } from '../../../src/domain/accounts/create.ts'
import { deleteAccount } from '../../../src/domain/accounts/update.ts'
import { addCredential } from '../../../src/domain/credentials/add.ts'
import { deleteCredential } from '../../../src/domain/credentials/delete.ts'
import { rotateSecret } from '../../../src/domain/credentials/rotate.ts'
import { view, worldOfFile } from '../world.ts'

const world = worldOfFile()
const jwk = () =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' })

/** The entries of the log about an account, oldest first. */
const told = (clientId: string) => world().log({ clientId })

test('an entry names each key that logs in: its kid, its thumbprint and its end', async () => {
  const [first, second] = [jwk(), jwk()]
  const expiresAt = world().clock.at + 60_000
  const { account } = await createAccount(world().system, {
    name: 'by key',
    permissions: [view],
    authMethod: 'private_key_jwt',
    publicKey: { ...first, kid: 'one' },
  })
  const given = { name: 'two', publicKey: { ...second }, expiresAt }
  await addCredential(world().system, account, given)
  const thumbprints = await Promise.all([first, second].map((key) => calculateJwkThumbprint(key)))
  const [one, two] = thumbprints
  const keys = [
    { kind: 'key', kid: 'one', thumbprint: one },
    { kind: 'key', name: 'two', kid: two, thumbprint: two, expiresAt },
  ]
  expect(await told(account.clientId)).toMatchObject([
    { action: 'account.create', after: { credentials: [keys[0]] } },
    { action: 'credential.add', before: { credentials: [keys[0]] }, after: { credentials: keys } },
  ])
})

test('an entry tells which secrets there are, when each ends, and nothing of what they are', async () => {
  const { account, secret } = await createAccount(world().system, {
    name: 'by secret',
    permissions: [],
    authMethod: 'client_secret_basic',
  })
  await rotateSecret(world().system, account, { overlapSeconds: 60 })
  const events = await told(account.clientId)
  const id = account.credentials[0]?.id
  const { at } = world().clock
  expect(events[1]).toMatchObject({
    action: 'credential.rotate',
    before: { credentials: [{ id, name: 'initial', kind: 'secret' }] },
    after: {
      credentials: [
        { id, expiresAt: at + 60_000, supersededAt: at },
        { name: 'rotated', kind: 'secret' },
      ],
    },
  })
  const text = JSON.stringify(events)
  expect(text).not.toMatch(/digest|pepper/)
  expect(text).not.toContain(secret?.reveal() ?? 'no secret')
})

test('the entry of a deletion holds everything that ended with it', async () => {
  const { account } = await createAccount(world().system, {
    name: 'gone',
    permissions: [view],
    audiences: ['https://orders.example'],
    authMethod: 'client_secret_basic',
  })
  await addCredential(world().system, account, { name: 'second' })
  const [first] = account.credentials
  await deleteCredential(world().system, account, first?.id)
  await deleteAccount(world().system, account)
  const [, , removed, deleted] = await told(account.clientId)
  expect(removed).toMatchObject({
    action: 'credential.delete',
    before: { credentials: [{ id: first?.id }, { name: 'second' }] },
    after: { credentials: [{ name: 'second' }] },
  })
  expect(deleted?.after).toBeUndefined()
  expect(deleted).toMatchObject({
    action: 'account.delete',
    before: {
      name: 'gone',
      state: 'enabled',
      permissions: [view],
      audiences: ['https://orders.example'],
      credentials: [{ name: 'second', kind: 'secret' }],
    },
  })
})
