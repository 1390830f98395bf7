import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { type AdminClient, adminClient, clientSecretBasic } from '../../src/sdk/index.ts'
import { newTree, type Tree } from '../api/mia/companies.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { failureOf, textOf } from './fake-server.ts'

describe('an export by the SDK', () => {
  let server: TestServer
  let admin: AdminClient
  let tree: Tree

  beforeAll(async () => {
    server = await startTestServer()
    tree = await newTree(server)
    const { clientId, clientSecret } = server.admin
    const authentication = clientSecretBasic(clientId, clientSecret)
    admin = adminClient({ url: server.url, authentication })
  })
  afterAll(() => server.close())

  test('has every entry of the audit log that a filter leaves, a line each', async () => {
    const lines = (await textOf(admin.auditExport('jsonl'))).trimEnd().split('\n')
    const { items } = await admin.audit()
    expect(lines.map((line) => JSON.parse(line))).toEqual(items)
    const some = await textOf(admin.auditExport('jsonl', { target: tree.companyId }))
    expect(some.trimEnd().split('\n')).toHaveLength(1)
  })

  test('has those of a company alone, as a table where that is asked for', async () => {
    const { audit, auditExport } = admin.company(tree.companyId)
    const { items } = await audit()
    const lines = (await textOf(auditExport('csv'))).trimEnd().split('\r\n')
    expect(lines[0]).toMatch(/^id,date,author,/)
    expect(lines).toHaveLength(items.length + 1)
    const made = await textOf(auditExport('jsonl', { operation: 'Deletion' }))
    expect(made).toBe('')
  })

  test('fails as any call does, when it is refused', async () => {
    const failed = await failureOf(textOf(admin.company('comp_none').auditExport('csv')))
    expect(failed).toMatchObject({ code: 'company.not_found', status: 404 })
  })
})

describe('an export', () => {
  const closing: (() => void)[] = []
  afterEach(() => {
    for (const close of closing.splice(0)) close()
  })

  /** A client of a server whose export answers so. */
  async function clientOf(answer: RequestListener, timeoutMs = 60_000): Promise<AdminClient> {
    const server = createServer(answer).listen(0, '127.0.0.1')
    await once(server, 'listening')
    closing.push(() => {
      server.closeAllConnections()
      server.close()
    })
    const { port } = Object(server.address())
    const token = async () => ({ value: 'token', expiresAt: Number.MAX_SAFE_INTEGER })
    return adminClient({ url: `http://127.0.0.1:${port}`, token, timeoutMs })
  }
  const type = { 'content-type': 'application/x-ndjson' }

  test('that breaks off fails after what came of it', async () => {
    const admin = await clientOf((_, response) => {
      response.writeHead(200, type).write('{"seq":2}\n', () => response.destroy())
    })
    const seen: string[] = []
    const read = async () => {
      for await (const part of admin.auditExport('jsonl')) seen.push(part)
    }
    expect((await failureOf(read())).code).toBe('unreachable')
    expect(seen.join('')).toBe('{"seq":2}\n')
  })

  test('that stands still fails, however much came before', async () => {
    const admin = await clientOf((_, response) => {
      response.writeHead(200, type).write('{"seq":2}\n')
    }, 200)
    expect((await failureOf(textOf(admin.auditExport('jsonl')))).code).toBe('unreachable')
  })

  test('in another form than was asked for is no answer', async () => {
    const admin = await clientOf((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end('[]')
    })
    expect((await failureOf(textOf(admin.auditExport('csv')))).code).toBe('unexpected_answer')
  })

  test('is larger than any other answer may be, and is never held as a whole', async () => {
    const megabytes = 20
    let sent = 0
    const admin = await clientOf((_, response) => {
      response.writeHead(200, type)
      const more = () => {
        sent += 1
        const part = 'x'.repeat(1024 * 1024)
        if (sent > megabytes) response.end()
        else response.write(part, () => setImmediate(more))
      }
      more()
    })
    let length = 0
    for await (const part of admin.auditExport('jsonl')) length += part.length
    expect(length).toBe(megabytes * 1024 * 1024)
  })

  test('that nobody reads on is given up, and its connection with it', async () => {
    let isClosed = () => {}
    const closed = new Promise<void>((resolve) => {
      isClosed = resolve
    })
    const admin = await clientOf((_, response) => {
      response.on('close', () => isClosed())
      response.writeHead(200, type).write('{"seq":2}\n')
    })
    for await (const part of admin.auditExport('jsonl')) {
      expect(part).not.toBe('')
      break
    }
    await closed
  })
})

describe('what wants looking at, and clients, by the SDK', () => {
  let server: TestServer
  let admin: AdminClient
  beforeAll(async () => {
    server = await startTestServer()
    const { clientId, clientSecret } = server.admin
    admin = adminClient({
      url: server.url,
      authentication: clientSecretBasic(clientId, clientSecret),
    })
  })
  afterAll(() => server.close())

  test('is counted for root, and for a company', async () => {
    const { companyId } = await newTree(server)
    const { accounts, attention } = admin.company(companyId)
    const expiresAt = new Date(Date.now() + server.clock.offset + 3_600_000).toISOString()
    const { clientId } = await accounts.create({
      name: 'ending',
      tokenEndpointAuthMethod: 'client_secret_basic',
      expiresAt,
    })
    expect((await attention()).expiring).toMatchObject({ count: 1, first: [{ clientId }] })
    expect((await admin.attention()).expiring).toEqual({ count: 0, first: [] })
  })

  test('are made, listed, read, changed, moved and deleted', async () => {
    const { clients } = admin
    const { client_id: id } = await clients.create({ client_name: 'Engine', __STATE__: 'DRAFT' })
    const { items } = await clients.list({ search: 'engine' })
    expect(items).toMatchObject([{ clientId: id, __STATE__: 'DRAFT' }])
    const { etag: ifMatch } = await clients.read(id)
    const changed = await clients.update(id, { metadata: { team: 'a' } }, { ifMatch })
    expect(changed.metadata).toEqual({ team: 'a' })
    const late = await failureOf(clients.update(id, { name: 'Late' }, { ifMatch }))
    expect(late.code).toBe('version.stale')
    await clients.move(id, 'PUBLIC')
    expect((await clients.read(id)).__STATE__).toBe('PUBLIC')
    await clients.delete(id)
    expect((await failureOf(clients.read(id))).code).toBe('account.not_found')
  })
})
