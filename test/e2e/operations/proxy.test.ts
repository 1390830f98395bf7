import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from '@jest/globals'
import { decodeJwt } from 'jose'
import { eventually } from '../../support/eventually.ts'
import { printedBlocks } from '../../support/pages.ts'
import { sqlite } from '../../support/stores.ts'
import { describeWithTools } from '../../support/tools.ts'
import { afterwards, commands, newPlace, type Place, withOwn } from './place.ts'

const exec = promisify(execFile)
const heading = '### Behind a proxy'
const [settings = '', certificate = '', check = ''] = commands(heading)
const [serverBlock = '', sharedHost = ''] = printedBlocks('operations.md', heading, 'nginx')
const wholeHost = '  location / { proxy_pass http://127.0.0.1:3000; }\n'
/** An address of this machine that is not the one by which nginx reaches the server. */
const caller = '127.0.0.2'

async function freePort(): Promise<string> {
  const holder = createServer().listen(0, '127.0.0.1')
  await once(holder, 'listening')
  const address = holder.address()
  holder.close()
  return String(typeof address === 'object' ? address?.port : address)
}

/** One process, in the foreground, that keeps everything in a folder of its own. */
function around(dir: string): string {
  const kept = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${dir}/${name};`)
    .join(' ')
  return [
    `daemon off; master_process off; pid ${dir}/pid; error_log stderr;`,
    'events {}',
    `http { access_log off; ${kept} include ${dir}/ostiary.conf; }`,
  ].join('\n')
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.pid === undefined) return
  child.kill('SIGTERM')
  await once(child, 'exit')
}

/** A call through the proxy; resolves with headers and body. */
type Curl = (path: string, ...args: string[]) => Promise<string>

async function startNginx(dir: string, curl: Curl): Promise<void> {
  const config = join(dir, 'nginx.conf')
  await writeFile(config, around(dir))
  const child = spawn('nginx', ['-p', dir, '-c', config], { stdio: ['ignore', 'ignore', 'pipe'] })
  afterwards(() => end(child))
  let said = ''
  child.stderr.on('data', (chunk) => {
    said += chunk
  })
  child.on('error', (error) => {
    said += error.message
  })
  const answers = () =>
    curl('/-/healthz').then(
      () => true,
      () => false,
    )
  const isUp = await eventually(async () => said !== '' || (await answers()))
  if (!isUp || !(await answers())) throw new Error(`nginx did not start: ${said}`)
}

interface Proxied {
  readonly place: Place
  readonly curl: Curl
  readonly token: () => Promise<string>
}

/** A server behind nginx, both as the page prints them; callers find it by its public name. */
async function proxied(issuer = 'https://auth.example', block = serverBlock): Promise<Proxied> {
  const place = await newPlace(sqlite)
  const { dir } = place
  const server = await place.start(
    await place.exported(withOwn(settings, { 'https://auth.example': issuer })),
  )
  const port = await freePort()
  await place.type(withOwn(certificate, { '/etc/nginx': dir }))
  const own = { '443': port, '/etc/nginx': dir, '127.0.0.1:3000': new URL(server.url).host }
  await writeFile(join(dir, 'ostiary.conf'), withOwn(block, own))
  await writeFile(
    join(dir, '.curlrc'),
    `cacert=${dir}/auth.example.pem\nconnect-to=auth.example:443:127.0.0.1:${port}\ninterface=${caller}\n`,
  )
  const curl: Curl = async (path, ...args) => {
    const env = { ...process.env, HOME: dir }
    const all = ['-sSi', ...args, `https://auth.example${path}`]
    return (await exec('curl', all, { env })).stdout
  }
  await startNginx(dir, curl)
  const login = withOwn(check, { 'https://auth.example': issuer })
  return { place, curl, token: async () => JSON.parse(await place.type(login)).access_token }
}

const isRequired = process.env['CI'] === 'true'
describeWithTools(
  { tools: ['nginx', 'curl', 'openssl'], isRequired },
  'behind nginx, as the page prints it,',
  () => {
    test('tokens and metadata name the public URL, and the log names who called', async () => {
      const { place, curl, token } = await proxied()
      expect(decodeJwt(await token())).toMatchObject({
        iss: 'https://auth.example',
        aud: 'https://auth.example',
      })
      expect(await curl('/.well-known/oauth-authorization-server')).toContain(
        '"token_endpoint":"https://auth.example/api/m2m/oauth/token"',
      )
      await curl(
        '/api/m2m/oauth/token',
        '-u',
        'a:b',
        '-d',
        'x=1',
        '-H',
        'X-Forwarded-For: 203.0.113.7',
      )
      const lines = place.server().logged.map((line) => JSON.parse(line))
      const addresses = lines
        .filter(({ message }) => /^login (accepted|refused)$/.test(message))
        .map(({ address }) => address)
      expect(addresses).toEqual([caller, caller])
    })

    test('a host may be shared: the issuer has a path, and metadata is where RFC 8414 looks', async () => {
      const issuer = 'https://auth.example/auth'
      const { curl, token } = await proxied(
        issuer,
        withOwn(serverBlock, { [wholeHost]: sharedHost }),
      )
      expect(decodeJwt(await token())).toMatchObject({ iss: issuer, aud: issuer })
      const [metadata, keySet] = [
        await curl('/.well-known/oauth-authorization-server/auth'),
        await curl('/auth/.well-known/jwks.json'),
      ]
      expect(metadata).toContain(`"token_endpoint":"${issuer}/api/m2m/oauth/token"`)
      expect(metadata).toContain(`"jwks_uri":"${issuer}/.well-known/jwks.json"`)
      expect(keySet).toContain('"kid"')
      expect(await curl('/tokeninfo')).toMatch(/^HTTP\/1.1 404 /)
    })

    test('another name is answered 421, with what came and what was expected', async () => {
      const { curl } = await proxied()
      const answer = await curl('/tokeninfo', '-H', 'Host: other.example')
      expect(answer).toMatch(/^HTTP\/1.1 421 /)
      expect(answer).toContain('other.example')
      expect(answer).toContain('auth.example')
      expect(answer).toContain('http.allowedHosts')
    })

    test('a tag that compression made weak changes nothing, and the answer says why', async () => {
      const { place, curl, token } = await proxied()
      const { clientId, clientKey } = place.server().admin
      const as = ['-H', `Authorization: Bearer ${await token()}`, '-H', `Client-key: ${clientKey}`]
      const path = `/api/service-accounts/${clientId}`
      const tagBy = async (coding: string) => {
        const answer = await curl(
          path,
          ...as,
          '-H',
          `Accept-Encoding: ${coding}`,
          '-o',
          '/dev/null',
          '-D',
          '-',
        )
        return /^etag: (.*)\r$/im.exec(answer)?.[1] ?? ''
      }
      const change = (tag: string) =>
        curl(path, ...as, '-X', 'PATCH', '--json', '{"description": "x"}', '-H', `If-Match: ${tag}`)
      const [weak, strong] = [await tagBy('gzip'), await tagBy('identity')]
      expect(weak).toBe(`W/${strong}`)
      const refused = await change(weak)
      expect(refused).toMatch(/^HTTP\/1.1 412 /)
      expect(refused).toContain('a proxy that compresses')
      expect(await change(strong)).toMatch(/^HTTP\/1.1 200 /)
    })
  },
)
