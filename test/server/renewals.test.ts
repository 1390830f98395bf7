import { beforeEach, expect, test } from '@jest/globals'
import { hashSync } from 'bcryptjs'
import type { Account } from '../../src/domain/accounts/account.ts'
import { updateAccount } from '../../src/domain/accounts/update.ts'
import type { Context } from '../../src/domain/context.ts'
import { checkSecret } from '../../src/domain/credentials/check-secret.ts'
import type { Credential } from '../../src/domain/credentials/credential.ts'
import { foreignSecret, newSecretCredential } from '../../src/domain/credentials/make.ts'
import { rotateSecret } from '../../src/domain/credentials/rotate.ts'
import { ensureInstallation, writeInstallation } from '../../src/domain/installation/ensure.ts'
import { digestWith, newPepperKey, pepperOf } from '../../src/domain/secret.ts'
import { shownVersion } from '../../src/domain/versioned.ts'
import { missingPepper } from '../../src/server/installation/check-peppers.ts'
import { Renewals } from '../../src/server/renewals.ts'
import { clientKey, eventFor } from '../contract/samples.ts'
import { racing, refusal, worldOfFile } from '../domain/world.ts'

const world = worldOfFile()
const [former, current] = [pepperOf(newPepperKey()), pepperOf(newPepperKey())]
const peppers = [current, former] as const
let ctx: Context
let renewals: Renewals

const makeNewDigestsWith = async (pepper: string) => {
  await writeInstallation(ctx, await ensureInstallation(ctx), { pepper })
}

beforeEach(async () => {
  ctx = { ...world().system, peppers }
  renewals = new Renewals(peppers)
  await makeNewDigestsWith(current.id)
})

/** An account whose one secret needs a pepper, and that secret. */
async function accountOf(pepper = former) {
  const issued = newSecretCredential({ ...ctx, peppers: [pepper] }, { name: 'only' })
  const account = await world().account({ credentials: [issued.credential] })
  return { account, secret: issued.secret.reveal() }
}

/** An account whose one secret another server digested, and that secret. */
async function foreignAccountOf() {
  const secret = 'of another server'
  const credential = foreignSecret(ctx, { name: 'imported' }, hashSync(secret, 4))
  return { account: await world().account({ credentials: [credential] }), secret, credential }
}

/** Notes a login as it is noted once it was proven. */
function logsIn(
  { account, secret }: { account: Account; secret: string },
  foreign?: Credential['id'],
  noted = renewals,
): void {
  const verdict = checkSecret(account, secret, { peppers, now: ctx.now(), foreign })
  if (!verdict.ok) throw new Error(verdict.why)
  const proof = { by: 'credential', credential: verdict.credential } as const
  const presented = { method: 'client_secret_basic', clientId: account.clientId, secret } as const
  noted.addLogin({ account, proof, presented })
}

async function kept({ id }: Account): Promise<Account> {
  const account = await ctx.store.get('account', id)
  if (!account) throw new Error('the account is gone')
  return account
}

const peppersOf = ({ credentials }: Account) =>
  credentials.map((credential) => credential.kind === 'secret' && credential.digest.pepper)
const opens = (account: Account, secret: string, pepper = current) =>
  checkSecret(account, secret, { peppers: [pepper], now: ctx.now() }).ok

test('a good login under a retired pepper is digested anew, and needs the current one alone', async () => {
  const login = await accountOf()
  logsIn(login)
  expect(opens(await kept(login.account), login.secret)).toBe(false)
  await renewals.write(ctx)
  const after = await kept(login.account)
  expect([opens(after, login.secret), opens(after, login.secret, former)]).toEqual([true, false])
})

test('a good login that another server had digested is exchanged for a digest of ours, once', async () => {
  const login = await foreignAccountOf()
  for (let n = 0; n < 5; n += 1) logsIn(login, login.credential.id)
  await renewals.write(ctx)
  const after = await kept(login.account)
  expect(opens(after, login.secret)).toBe(true)
  const { bcrypt: _bcrypt, ...rest } = login.credential
  expect(after.credentials).toEqual([
    { ...rest, kind: 'secret', digest: digestWith(current, login.secret) },
  ])
  logsIn(login, login.credential.id)
  await renewals.write(ctx)
  expect((await kept(login.account)).version).toBe(2)
})

test('of processes that exchange one foreign digest at once, one does', async () => {
  const login = await foreignAccountOf()
  const other = new Renewals(peppers)
  logsIn(login, login.credential.id)
  logsIn(login, login.credential.id, other)
  await other.write(racing(ctx, () => renewals.write(ctx)))
  const after = await kept(login.account)
  expect([after.version, opens(after, login.secret)]).toEqual([2, true])
})

test('a rotation meanwhile stands: what another server had digested does not come back', async () => {
  const login = await foreignAccountOf()
  logsIn(login, login.credential.id)
  const { clientId } = login.account
  const { credential } = await rotateSecret(ctx, { clientId }, { overlapSeconds: 0 })
  await renewals.write(ctx)
  expect((await kept(login.account)).credentials).toEqual([credential])
})

test('a login under the current pepper changes nothing', async () => {
  const login = await accountOf(current)
  logsIn(login)
  await renewals.write(ctx)
  expect((await kept(login.account)).version).toBe(1)
})

test('a secret is digested anew once, however often it logs in meanwhile', async () => {
  const login = await accountOf()
  for (let n = 0; n < 5; n += 1) logsIn(login)
  await renewals.write(ctx)
  await renewals.write(ctx)
  expect((await kept(login.account)).version).toBe(2)
})

test('the log tells that it was done, and by whom: the server itself', async () => {
  const login = await accountOf()
  logsIn(login)
  await renewals.write(ctx)
  const [event] = await world().log(login.account)
  expect(event).toMatchObject({ action: 'credential.redigest', actor: { kind: 'system' } })
})

test('what an operator has seen of the account still counts as the newest', async () => {
  const login = await accountOf()
  const ifVersion = shownVersion(login.account)
  logsIn(login)
  await renewals.write(ctx)
  const { clientId } = login.account
  const changed = await updateAccount(ctx, { clientId, ifVersion }, { description: 'seen' })
  expect(shownVersion(changed)).toBe(ifVersion + 1)
  const stale = updateAccount(ctx, { clientId, ifVersion }, { description: 'late' })
  expect(await refusal(stale)).toEqual(['version.stale', {}])
})

test('a rotation meanwhile stands: its secret stays, and the former one does not come back', async () => {
  const login = await accountOf()
  const { clientId } = login.account
  logsIn(login)
  const { secret } = await rotateSecret(ctx, { clientId }, { overlapSeconds: 0 })
  await renewals.write(ctx)
  const after = await kept(login.account)
  expect([opens(after, secret.reveal()), opens(after, login.secret)]).toEqual([true, false])
  expect(opens(after, login.secret, former)).toBe(false)
})

test('a rotation in the same moment as the write stands', async () => {
  const login = await accountOf()
  const { clientId } = login.account
  logsIn(login)
  const rotate = () => rotateSecret(ctx, { clientId }, { overlapSeconds: 60 })
  await renewals.write(racing(ctx, rotate))
  const after = await kept(login.account)
  expect(after.credentials).toHaveLength(2)
  // The former secret, good for the overlap, was digested anew beside the new one.
  expect(peppersOf(after)).toEqual([current.id, current.id])
  expect(opens(after, login.secret)).toBe(true)
})

test('an account that was deleted meanwhile holds nothing up', async () => {
  const [gone, there] = [await accountOf(), await accountOf()]
  for (const login of [gone, there]) logsIn(login)
  const { account } = gone
  const tombstone = { ...account, version: 2, live: false, credentials: [], purgeAfter: 0 }
  await ctx.store.commit('account', tombstone, eventFor(tombstone))
  await renewals.write(ctx)
  expect(peppersOf(await kept(there.account))).toEqual([current.id])
})

test('a process whose pepper is no longer the one for new digests turns nothing back', async () => {
  const login = await accountOf()
  logsIn(login)
  await makeNewDigestsWith(former.id)
  await renewals.write(ctx)
  await makeNewDigestsWith(current.id)
  await renewals.write(ctx)
  expect((await kept(login.account)).version).toBe(1)
})

test('what cannot be written now is written later', async () => {
  const login = await accountOf()
  logsIn(login)
  const commit = () => Promise.reject(new Error('the store is away'))
  await expect(renewals.write({ ...ctx, store: { ...ctx.store, commit } })).rejects.toThrow('away')
  await renewals.write(ctx)
  expect(peppersOf(await kept(login.account))).toEqual([current.id])
})

test('no more wait than there is room for, and the rest comes with its next use', async () => {
  const key = clientKey({ digest: digestWith(former, 'a key of my own') })
  for (let n = 0; n < 10_000; n += 1) {
    renewals.addClientKey({ ...key, id: `ckid_${n}` }, 'a key of my own')
  }
  const login = await accountOf()
  logsIn(login)
  // 200 at a time: those that are not there are passed over.
  for (let n = 0; n < 51; n += 1) await renewals.write(ctx)
  expect((await kept(login.account)).version).toBe(1)
  logsIn(login)
  await renewals.write(ctx)
  expect(peppersOf(await kept(login.account))).toEqual([current.id])
})

test('a client key that is used is digested anew, and one that changed meanwhile is not', async () => {
  const value = 'a key of my own'
  const key = clientKey({ digest: digestWith(former, value) })
  await ctx.store.commit('client_key', key, eventFor(key))
  renewals.addClientKey(key, value)
  await renewals.write(ctx)
  const after = await ctx.store.get('client_key', key.id)
  expect(after?.digest).toEqual(digestWith(current, value))
  expect(after && shownVersion(after)).toBe(1)
  renewals.addClientKey(key, value)
  await renewals.write(ctx)
  expect((await ctx.store.get('client_key', key.id))?.version).toBe(2)
})

test('a process is told when others digest with a pepper that it does not know', async () => {
  expect(await missingPepper(ctx, peppers)).toBeUndefined()
  expect(await missingPepper(ctx, [former, current])).toBeUndefined()
  expect(await missingPepper(ctx, [former])).toBe(current.id)
})
