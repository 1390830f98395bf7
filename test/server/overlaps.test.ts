import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { decodeJwt } from 'jose'
import { startTestServer, type TestServer } from '../support/server.ts'
import { onEachStore } from '../support/stores.ts'

onEachStore('the overlap of a new value', (store) => {
  test('that ended while no server was there is told by the next one, once', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'ostiary-overlaps-'))
    const { env, leave } = store.fresh()
    const running: TestServer[] = []
    const start = async (given: { clockOffset?: number; admin?: TestServer['admin'] }) => {
      const server = await startTestServer({ beside: { env, dir }, ...given })
      running.push(server)
      return server
    }
    try {
      const first = await start({})
      const account = {
        name: 'holder',
        tokenEndpointAuthMethod: 'client_secret_basic',
        permissions: [],
      }
      const made = await first.manage('POST', '/api/service-accounts', account)
      const tokens = `/api/service-accounts/${made.body.clientId}/tokens`
      const { id, token } = (await first.manage('POST', tokens, { name: 'let be' })).body
      await first.manage('POST', `${tokens}/${id}/regenerate`, { overlapSeconds: 20 })
      const { next } = (await first.manage('GET', '/api/revocations')).body
      await first.close()
      const { admin } = first
      const second = await start({ clockOffset: 30_000, admin })
      const path = '/api/revocations?wait=60&since='
      const told = (await second.manage('GET', `${path}${next}`)).body
      expect(told.revocations).toMatchObject([{ jti: decodeJwt(token).jti, token_id: id }])
      await second.close()
      const third = await start({ clockOffset: 30_000, admin })
      await third.manage('POST', `${tokens}/${id}/regenerate`, {})
      const log: readonly { action: string }[] = (
        await third.manage('GET', `/api/audit?target=${id}`)
      ).body
      expect(log.filter(({ action }) => action === 'token.end_overlap')).toHaveLength(1)
    } finally {
      await Promise.all(running.map((server) => server.close()))
      await leave()
      await rm(dir, { recursive: true })
    }
  })
})
