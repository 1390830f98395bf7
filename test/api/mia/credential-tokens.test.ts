import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { keyClient } from '../../e2e/support/accounts.ts'
import { assertionOf, ec, ed, jwkOf, login, signers } from '../../e2e/support/assertions.ts'
import { decoded } from '../../e2e/support/expectations.ts'
import { accountsPath } from '../../support/accounts.ts'
import { type Credentials, startTestServer, type TestServer } from '../../support/server.ts'
import { onEachStore } from '../../support/stores.ts'
import { callerFor, create, manage, standing } from './accounts.ts'

const stands = { tokeninfo: 200, active: true }
const ended = { tokeninfo: 401, active: false }

onEachStore('the access tokens of a credential', (store) => {
  let server: TestServer

  beforeAll(async () => {
    server = await startTestServer({ store })
  })
  afterAll(async () => await server.close())

  const pathOf = ({ clientId }: { readonly clientId: string }, id = '') =>
    `${accountsPath}/${clientId}/credentials${id && `/${id}`}`
  const firstOf = async (who: { readonly clientId: string }): Promise<string> =>
    (await server.manage('GET', pathOf(who))).body[0].id
  const remove = async (who: { readonly clientId: string }, id: string) =>
    expect((await server.manage('DELETE', pathOf(who, id))).status).toBe(204)
  const tokenOf = async (who: Credentials): Promise<string> =>
    (await server.token(who)).body.access_token
  const stateOf = (token: string) => standing(server, server.admin, token)

  /** A second secret of an account. */
  async function second(who: Credentials) {
    const { id, clientSecret } = (await server.manage('POST', pathOf(who), {})).body
    return { id, clientId: who.clientId, clientSecret }
  }

  test('end with it, and those of another live on', async () => {
    const first = await create(server)
    const other = await second(first)
    const [ending, staying] = [await tokenOf(other), await tokenOf(first)]
    expect(decoded(ending)['credential_id']).toBe(other.id)
    expect([await stateOf(ending), await stateOf(staying)]).toEqual([stands, stands])
    await remove(first, other.id)
    expect([await stateOf(ending), await stateOf(staying)]).toEqual([ended, stands])
    expect(await stateOf(await tokenOf(first))).toEqual(stands)
  })

  test('end for the request after the one that deletes it with such a token', async () => {
    const who = await create(server, { permissions: [manage] })
    const other = await second(who)
    const [call, callByOther] = [await callerFor(server, who), await callerFor(server, other)]
    expect((await callByOther('DELETE', pathOf(who, other.id))).status).toBe(204)
    const refused = await callByOther('GET', accountsPath)
    expect([refused.status, refused.body.code]).toEqual([401, 'actor.unauthenticated'])
    expect((await call('GET', accountsPath)).status).toBe(200)
  })

  test('end with it when it is a key', async () => {
    const keyed = await keyClient(server, { alg: 'ES256', pair: ec })
    const publicKey = { ...jwkOf(ed.publicKey), kid: 'key-2' }
    const { id } = (await server.manage('POST', pathOf(keyed), { publicKey })).body
    const sign = { header: { alg: 'EdDSA', kid: 'key-2' }, sign: signers.EdDSA(ed.privateKey) }
    const ending = (await login(server, assertionOf(keyed, server, sign))).body.access_token
    const staying = (await login(server, assertionOf(keyed, server))).body.access_token
    expect(decoded(ending)['credential_id']).toBe(id)
    expect([await stateOf(ending), await stateOf(staying)]).toEqual([stands, stands])
    await remove(keyed, id)
    expect([await stateOf(ending), await stateOf(staying)]).toEqual([ended, stands])
  })

  test('outlive its rotation, with or without an overlap, until it is deleted', async () => {
    const who = await create(server)
    const id = await firstOf(who)
    const token = await tokenOf(who)
    const rotate = (overlapSeconds: number) =>
      server.manage('POST', `${accountsPath}/${who.clientId}/rotate`, { overlapSeconds })
    const { clientSecret } = (await rotate(60)).body
    expect(await stateOf(token)).toEqual(stands)
    await remove(who, id)
    expect(await stateOf(token)).toEqual(ended)
    const next = await tokenOf({ ...who, clientSecret })
    expect((await rotate(0)).status).toBe(200)
    expect(await stateOf(next)).toEqual(stands)
  })

  test('end with all others of the account when it is the 21st that is deleted', async () => {
    const who = await create(server)
    const early = await tokenOf(await second(who))
    const staying = await tokenOf(who)
    for (let n = 0; n < 20; n += 1) await remove(who, (await second(who)).id)
    expect([await stateOf(early), await stateOf(staying)]).toEqual([stands, stands])
    const last = await second(who)
    const ending = await tokenOf(last)
    await remove(who, last.id)
    expect([await stateOf(ending), await stateOf(staying)]).toEqual([ended, ended])
    expect(await stateOf(await tokenOf(who))).toEqual(stands)
  })

  test('are told by a list that no answer shows', async () => {
    const who = await create(server)
    const { id } = await second(who)
    await remove(who, id)
    const shown = await server.manage('GET', `${accountsPath}/${who.clientId}`)
    expect(shown.text).not.toContain(id)
  })
})
