import { existsSync, watch } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import { verifyLog } from '../../src/domain/audit/verify.ts'
import { openLogReadOnly } from '../../src/storage/open.ts'
import { accountsPath, wanted } from '../support/accounts.ts'
import { eventually } from '../support/eventually.ts'
import { type Credentials, startTestServer } from '../support/server.ts'
import { launch, newFolder, type Root, type ServerProcess, start, stop } from './server-process.ts'

const env = { OSTIARY_OAUTH_THROTTLE_FAILURES: '0' }

/** Kills a first start some milliseconds after it has written its first file. */
async function killFirstStart(dir: string): Promise<boolean> {
  const data = join(dir, 'data')
  await mkdir(data, { recursive: true })
  const watcher = watch(data)
  const touched = new Promise((resolve) => watcher.once('change', resolve))
  const server = launch(dir, env)
  await Promise.race([touched, server.exit])
  await wait(Math.random() * 60)
  const wasFinished = existsSync(join(data, 'bootstrap.json'))
  server.child.kill('SIGKILL')
  await server.exit
  watcher.close()
  return wasFinished
}

/** What the next start makes of it, which may well be in this process. */
async function expectOneRoot(dir: string): Promise<void> {
  const server = await startTestServer({ beside: { dir, env } })
  expect(existsSync(join(dir, 'data', 'bootstrap.pending.json'))).toBe(false)
  const { status, body } = await server.manage('GET', accountsPath)
  expect(status).toBe(200)
  expect(body).toMatchObject([{ clientId: server.admin.clientId, name: 'root' }])
  await server.close()
}

test('a first start that is killed at any moment is finished by the next one', async () => {
  const finished: boolean[] = []
  const round = async () => {
    const dir = await newFolder()
    finished.push(await killFirstStart(dir))
    await expectOneRoot(dir)
  }
  for (let n = 0; n < 5; n += 1) await Promise.all([round(), round()])
  // Otherwise all of them were killed too late to prove anything.
  expect(finished).toContain(false)
})

test('first starts that are killed again and again leave one root account in the end', async () => {
  const dir = await newFolder()
  for (let n = 0; n < 4; n += 1) await killFirstStart(dir)
  await expectOneRoot(dir)
})

interface Acknowledged {
  readonly created: Credentials[]
  /** The last secret that was acknowledged, by client id. */
  readonly latest: Map<string, string>
  readonly deleted: Set<string>
}

async function createOn(server: ServerProcess, root: Root, known: Acknowledged) {
  const { status, body } = await server.manage(root, 'POST', accountsPath, wanted())
  if (status === 201) known.created.push(body)
}

async function rotateOn(server: ServerProcess, root: Root, known: Acknowledged) {
  for (const clientId of known.latest.keys()) {
    const path = `${accountsPath}/${clientId}/rotate`
    const { status, body } = await server.manage(root, 'POST', path, { overlapSeconds: 3600 })
    if (status === 200) known.latest.set(clientId, body.clientSecret)
  }
}

async function deleteOn(server: ServerProcess, root: Root, known: Acknowledged) {
  const { body } = await server.manage(root, 'POST', accountsPath, wanted())
  const { status } = await server.manage(root, 'DELETE', `${accountsPath}/${body.clientId}`)
  if (status === 204) known.deleted.add(body.clientId)
}

/** Writes on several connections until the process is killed in the middle of it. */
async function writeUntilKilled(server: ServerProcess, root: Root, known: Acknowledged) {
  const busy = async (work: typeof createOn) => {
    try {
      for (;;) await work(server, root, known)
    } catch {
      // The connection ended with the process.
    }
  }
  const writers = [createOn, createOn, rotateOn, deleteOn].map(busy)
  const enough = known.created.length + 3
  await eventually(() => known.created.length >= enough)
  await wait(Math.random() * 100)
  server.child.kill('SIGKILL')
  await Promise.all(writers)
  await server.exit
}

test('a kill in the middle of writes loses nothing that was acknowledged', async () => {
  const dir = await newFolder()
  let server = await start(dir, env)
  const root = await server.root()
  const known: Acknowledged = { created: [], latest: new Map(), deleted: new Set() }
  for (let n = 0; n < 3; n += 1) {
    const { clientId, clientSecret } = (await server.manage(root, 'POST', accountsPath, wanted()))
      .body
    known.latest.set(clientId, clientSecret)
  }
  for (let n = 0; n < 4; n += 1) {
    await writeUntilKilled(server, root, known)
    server = await start(dir, env)
    for (const who of known.created.slice(-20)) expect((await server.token(who)).status).toBe(200)
    for (const [clientId, clientSecret] of known.latest) {
      expect((await server.token({ clientId, clientSecret })).status).toBe(200)
      const path = `${accountsPath}/${clientId}/credentials`
      expect((await server.manage(root, 'GET', path)).body.length).toBeLessThanOrEqual(2)
    }
    for (const id of known.deleted) {
      expect((await server.manage(root, 'GET', `${accountsPath}/${id}`)).status).toBe(404)
    }
    // A second rotation ends what the first left good: of two that nobody heard of, the last secret heard of is gone.
    await rotateOn(server, root, known)
  }
  expect(known.created.length).toBeGreaterThan(8)
  const listed = await server.manage(root, 'GET', accountsPath)
  expect(Number(listed.headers['x-total-count'])).toBeGreaterThanOrEqual(known.created.length + 4)
  await stop(server)
  const log = await openLogReadOnly(`sqlite:${join(dir, 'data', 'ostiary.db')}`)
  expect(await verifyLog(log)).toMatchObject({ isSound: true })
  await log.close()
})

test('a revocation that was acknowledged holds after a kill', async () => {
  const dir = await newFolder()
  const server = await start(dir, env)
  const root = await server.root()
  const token = (await server.token(root)).body.access_token
  const headers = { authorization: `Bearer ${token}` }
  expect((await server.call('/tokeninfo', { headers })).status).toBe(200)
  const { clientId } = (await server.manage(root, 'POST', accountsPath, wanted())).body
  await server.manage(root, 'PATCH', `${accountsPath}/${clientId}`, { state: 'disabled' })
  await server.manage(root, 'POST', `${accountsPath}/${root.clientId}/revoke-tokens`)
  server.child.kill('SIGKILL')
  await server.exit
  const again = await start(dir, env)
  expect(
    await eventually(async () => (await again.call('/-/ready?for=changes')).status === 200),
  ).toBe(true)
  expect((await again.call('/tokeninfo', { headers })).status).toBe(401)
  const { body } = await again.manage(root, 'GET', `${accountsPath}/${clientId}`)
  expect(body.state).toBe('disabled')
})
