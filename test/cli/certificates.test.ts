import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { ostiaryProcess } from './command-line.ts'

let dir: string
let proxy: ReturnType<typeof createServer>
let env: Record<string, string>

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'ostiary-cli-'))
  const [key, cert] = [join(dir, 'key.pem'), join(dir, 'ca.pem')]
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']
  const form = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1']
  execFileSync('openssl', ['req', '-x509', ...form, ...subject, '-keyout', key, '-out', cert], {
    stdio: 'ignore',
  })
  const answer = JSON.stringify({ access_token: 'a-token', expires_in: 60 })
  const pair = { key: await readFile(key), cert: await readFile(cert) }
  proxy = createServer(pair, (_request, response) => response.end(answer))
  proxy.listen(0, 'localhost')
  await once(proxy, 'listening')
  const { port } = Object(proxy.address())
  const login = { OSTIARY_CLIENT_ID: 'x', OSTIARY_CLIENT_SECRET: 'y' }
  env = { OSTIARY_URL: `https://localhost:${port}`, ...login }
})

afterAll(async () => {
  proxy.close()
  await rm(dir, { recursive: true, force: true })
})

test('a private CA is trusted when --ca-file or its variable names it', async () => {
  const file = join(dir, 'ca.pem')
  const byOption = await ostiaryProcess(['token', '--ca-file', file], env)
  expect([byOption.code, byOption.stdout]).toEqual([0, 'a-token\n'])
  const byVariable = await ostiaryProcess(['token'], { ...env, OSTIARY_CA_FILE: file })
  expect([byVariable.code, byVariable.stdout]).toEqual([0, 'a-token\n'])
})

test('a certificate that nobody vouches for is code 2, and the advice names --ca-file', async () => {
  const { code, stderr } = await ostiaryProcess(['token'], env)
  expect([code, stderr]).toEqual([2, expect.stringContaining('--ca-file')])
})

test('a --ca-file without a certificate is refused by name', async () => {
  const { code, stderr } = await ostiaryProcess(['token', '--ca-file', join(dir, 'key.pem')], env)
  expect([code, stderr]).toEqual([2, expect.stringContaining('holds no certificate')])
})
