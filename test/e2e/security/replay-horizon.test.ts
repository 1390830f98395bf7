import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { openStore } from '../../../src/storage/open.ts'
import { startTestServer, type TestServer } from '../../support/server.ts'
import { onEachStore } from '../../support/stores.ts'
import { keyClient } from '../support/accounts.ts'
import { assertionOf, ec, login, now } from '../support/assertions.ts'
import { causeOf, expectRefusedLogin, expectToken } from '../support/expectations.ts'

const forgotten = 'assertion_before_horizon: '

onEachStore('an assertion that ends before replay records were forgotten', (store) => {
  test('is refused, since nobody knows any more whether it was used; a later one logs in', async () => {
    const fresh = store.fresh()
    const dir = await mkdtemp(join(tmpdir(), 'ostiary-horizon-'))
    const begin = () => startTestServer({ beside: { env: fresh.env, dir } })
    let server: TestServer | undefined
    try {
      server = await begin()
      const client = await keyClient(server, { alg: 'ES256', pair: ec })
      const signed = (exp: number) =>
        assertionOf(client, { url: 'console-client-credentials' }, { claims: { exp } })
      const start = now()
      const early = signed(start + 600)
      expectToken(await login(server, early))
      await server.close()
      server = undefined
      // A process whose clock is ahead has removed what is over by its time.
      const uri = fresh.env['OSTIARY_STORAGE_URI'] ?? `sqlite:${join(dir, 'data', 'ostiary.db')}`
      const bounds = { timeoutSeconds: 5, startTimeoutSeconds: 0 }
      const ahead = await openStore({ uri, ...bounds }, () => undefined)
      await ahead.sweep((start + 1200) * 1000)
      await ahead.close()
      server = await begin()
      for (const assertion of [early, signed(start + 300), signed(start + 600)]) {
        const answer = await login(server, assertion)
        expectRefusedLogin(answer)
        expect(causeOf(server, answer)).toBe(forgotten)
      }
      expectToken(await login(server, signed(start + 1500)))
    } finally {
      await server?.close()
      await fresh.leave()
      await rm(dir, { recursive: true, force: true })
    }
  })
})
