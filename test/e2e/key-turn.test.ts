import { chmod, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { folderPlace } from '../../src/signing/folder.ts'
import { rotate } from '../../src/signing/rotate.ts'
import { eventually } from '../support/eventually.ts'
import { startTestServer } from '../support/server.ts'
import { decoded } from './support/expectations.ts'

test('a key whose time comes while a file of the folder is faulty signs all the same', async () => {
  const server = await startTestServer()
  const dir = join(server.dir, 'keys')
  const kid = async () => {
    const { status, body } = await server.token(server.admin)
    return status === 200 ? decoded(body.access_token, 0)['kid'] : undefined
  }
  const first = await kid()
  const { key } = await rotate({
    place: folderPlace(dir),
    alg: 'ES256',
    now: Date.now,
    publishSeconds: 600,
    maxTokenLifetimeSeconds: 3600,
  })
  const published = async () => (await server.call('/.well-known/jwks.json')).text.includes(key.kid)
  expect(await eventually(published)).toBe(true)
  const stray = join(dir, 'stray.json')
  await writeFile(stray, '{}')
  await chmod(stray, 0o644)
  server.clock.offset = 601_000
  expect(await eventually(async () => (await kid()) === key.kid)).toBe(true)
  await rm(stray)
  expect(first).not.toBe(key.kid)
  await server.close()
})
