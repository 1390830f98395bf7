import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFile, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { secretClient } from '../e2e/support/accounts.ts'
import { uniqueName } from '../support/accounts.ts'
import { startTestServer, type TestServer } from '../support/server.ts'

const checkout = resolve(import.meta.dirname, '../..')
const audience = 'https://orders.example'
const frameworks = ['koa', 'express', 'fastify'] as const
type Framework = (typeof frameworks)[number]

/** The folder of somebody who has copied the examples and installed what they need. */
let dir: string
let server: TestServer
const children = new Map<Framework, ChildProcess>()
const urls = new Map<Framework, string>()
const printed: string[] = []

/** Starts an example as a process of its own; answers where it listens. */
async function start(framework: Framework): Promise<string> {
  await copyFile(join(checkout, `docs/examples/${framework}.js`), join(dir, `${framework}.mjs`))
  const child = spawn(process.execPath, [`${framework}.mjs`], {
    cwd: dir,
    env: { OSTIARY_URL: server.url, PORT: '0' },
  })
  children.set(framework, child)
  child.stderr.on('data', (chunk) => printed.push(String(chunk)))
  for await (const line of createInterface({ input: child.stdout })) {
    printed.push(line)
    const [, port] = /^listening on port (\d+)$/.exec(line) ?? []
    if (port !== undefined) return `http://127.0.0.1:${port}`
  }
  throw new Error(`the example ${framework} ended: ${printed.join('\n')}`)
}

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'ostiary-examples-'))
  const modules = join(dir, 'node_modules')
  await mkdir(join(modules, '@koa'), { recursive: true })
  const build = [join(checkout, 'config/build-sdk.js'), join(modules, 'ostiary-sdk')]
  await promisify(execFile)(process.execPath, build)
  for (const name of ['jose', '@koa/router', ...frameworks]) {
    await symlink(join(checkout, 'node_modules', name), join(modules, name))
  }
  server = await startTestServer()
  for (const framework of frameworks) urls.set(framework, await start(framework))
}, 120_000)

afterAll(async () => {
  for (const child of children.values()) {
    child.kill()
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  }
  await server.close()
  await rm(dir, { recursive: true, force: true })
})

async function tokenOf(permissions: readonly string[], audiences = [audience]): Promise<string> {
  const client = await secretClient(server, { permissions, audiences })
  const [wanted = ''] = audiences
  return (await server.token(client, { audience: wanted })).body.access_token
}

describe.each(frameworks)('the example of a resource server with %s', (framework) => {
  const get = async (path: string, authorization?: string) => {
    const headers = authorization === undefined ? {} : { authorization }
    const response = await fetch(`${urls.get(framework)}${path}`, { headers })
    const challenge = response.headers.get('www-authenticate')
    return { status: response.status, challenge, text: await response.text() }
  }

  test('serves who holds the permission, and knows who that is', async () => {
    const client = await secretClient(server, {
      permissions: ['console.root.view'],
      audiences: [audience],
    })
    const { access_token: token } = (await server.token(client, { audience })).body
    const { status, text } = await get('/orders', `Bearer ${token}`)
    expect([status, JSON.parse(text)]).toEqual([200, { orders: [], for: client.clientId }])
  })

  test('asks who brings no token for one', async () => {
    expect(await get('/orders')).toMatchObject({ status: 401, challenge: 'Bearer' })
  })

  test('refuses who may not do that, and says what is needed', async () => {
    const token = await tokenOf([])
    const { status, challenge } = await get('/orders', `Bearer ${token}`)
    expect(status).toBe(403)
    expect(challenge).toContain('error="insufficient_scope"')
    expect(challenge).toContain('scope="console.root.view"')
  })

  test('refuses tokens for others, and such as are none, without a word of why', async () => {
    const foreign = await tokenOf(['console.root.view'], ['https://other.example'])
    const good = await tokenOf(['console.root.view'])
    for (const token of [foreign, `${good.slice(0, -6)}AAAAAA`, 'a.b.c']) {
      const { status, challenge, text } = await get('/orders', `Bearer ${token}`)
      expect(status).toBe(401)
      expect(challenge).toContain('error="invalid_token"')
      expect(text).not.toContain(token)
    }
  })

  test('serves accounts of a company on the project that they may see, and on no other', async () => {
    const name = uniqueName()
    const { companyId } = (await server.manage('POST', '/api/companies', { name })).body
    const projects = `/api/companies/${companyId}/projects`
    const [mine, other] = await Promise.all(
      ['Mine', 'Other'].map(
        async (one) => (await server.manage('POST', projects, { name: one })).body,
      ),
    )
    const account = {
      ...{ name: uniqueName(), tokenEndpointAuthMethod: 'client_secret_basic' },
      audiences: [audience, server.url],
      projectsRole: [{ projectId: mine.projectId, role: 'developer' }],
    }
    const path = `/api/companies/${companyId}/service-accounts`
    const { clientId, clientSecret } = (await server.manage('POST', path, account)).body
    const client = { clientId, clientSecret }
    // For the resource server, and for the issuer that it asks by this token.
    const { access_token: both } = (await server.token(client, { audience, resource: server.url }))
      .body
    const { status, text } = await get(`/projects/${mine.projectId}/orders`, `Bearer ${both}`)
    expect([status, JSON.parse(text)]).toEqual([
      200,
      { orders: [], of: mine.projectId, for: clientId },
    ])
    expect((await get(`/projects/${other.projectId}/orders`, `Bearer ${both}`)).status).toBe(403)
    const { access_token: one } = (await server.token(client, { audience })).body
    expect((await get(`/projects/${mine.projectId}/orders`, `Bearer ${one}`)).status).toBe(403)
  })

  test('prints no token', () => {
    expect(printed.join('\n')).not.toContain('eyJ')
  })
})
