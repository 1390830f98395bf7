import { chmod, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { rotate } from '../../src/signing/rotate.ts'
import { startTestServer } from '../support/server.ts'
import { until } from './server-process.ts'
import { decoded } from './support/expectations.ts'

const boundMs = 10_000

test('a key whose time comes while a file of the folder is faulty signs all the same', async () => {
  const server = await startTestServer()
  const dir = join(server.dir, 'keys')
  const kid = async () => {
    const { status, body } = await server.token(server.admin)
    return status === 200 ? decoded(body.access_token, 0)['kid'] : undefined
  }
  const first = await kid()
  const { key } = await rotate({
    dir,
    alg: 'ES256',
    now: Date.now,
    publishSeconds: 600,
    maxTokenLifetimeSeconds: 3600,
  })
  const published = async () => (await server.call('/.well-known/jwks.json')).text.includes(key.kid)
  expect(await until(published, boundMs)).toBe(true)
  const stray = join(dir, 'stray.json')
  await writeFile(stray, '{}')
  await chmod(stray, 0o644)
  server.clock.offset = 601_000
  expect(await until(async () => (await kid()) === key.kid, boundMs)).toBe(true)
  await rm(stray)
  expect(first).not.toBe(key.kid)
  await server.close()
})
