import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { Writable } from 'node:stream'
import { describe, expect, test } from '@jest/globals'
import { SignJWT } from 'jose'
import { newSecret } from '../../src/domain/secret.ts'
import { faultFields, openLogger } from '../../src/telemetry/logger.ts'
import { redact } from '../../src/telemetry/redaction.ts'
import { cpuMs } from '../support/cpu.ts'

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const { d = '' } = privateKey.export({ format: 'jwk' })
const pem = String(privateKey.export({ type: 'pkcs8', format: 'pem' }))
const pemLine = pem.split('\n')[1] ?? ''
const jwt = await new SignJWT({ sub: 'x' }).setProtectedHeader({ alg: 'ES256' }).sign(privateKey)
const own = 'a-secret-of-the-operators-own'
const secret = newSecret('secret').reveal()
const clientKey = newSecret('clientKey').reveal()
const basic = Buffer.from(`client:${own}`).toString('base64')

/** How a secret can get into a text, and what of it must not be there. */
const texts: readonly (readonly [string, string, string])[] = [
  ['a secret of ours', `refused ${secret}!`, secret.slice(7)],
  ['a client key of ours', `key=${clientKey}`, clientKey.slice(7)],
  ['a part of a secret of ours', secret.slice(0, 30), secret.slice(7, 30)],
  ['a token', `"${jwt}"`, jwt.split('.')[1] ?? ''],
  ['the signature of a token', jwt, jwt.split('.')[2] ?? ''],
  ['a token within a word', `x${jwt}`, jwt.split('.')[1] ?? ''],
  ['a token without its signature', jwt.slice(0, jwt.lastIndexOf('.')), jwt.split('.')[1] ?? ''],
  ['a Bearer header', 'Authorization: Bearer some-opaque-token', 'some-opaque-token'],
  ['a Basic header', `authorization: basic ${basic}`, basic],
  ['a private key', pem, pemLine],
  ['a private key in one line', JSON.stringify({ pem }), pemLine],
  ['the beginning of a private key', pem.slice(0, 90), pem.slice(30, 90).trim()],
  ['a private JWK', JSON.stringify(privateKey.export({ format: 'jwk' })), d],
  ['a private JWK in a text', JSON.stringify({ text: JSON.stringify({ d }) }), d],
  ['a URI with a password', `mongodb://user:${own}@db:27017/x`, own],
  ['a URI whose password has an @', `mongodb+srv://user:p@${own}@db/x`, own],
  ['a URI with a password and no name', `https://:${own}@db/x`, own],
  ['a form', `grant_type=client_credentials&client_secret=${own}&x=1`, own],
  ['a query', `/x?access_token=${own}`, own],
  ['an assertion in a form', 'client_assertion=not.a.jwt', 'not.a.jwt'],
  ['a member', JSON.stringify({ clientSecret: own, clientId: 'x' }), own],
  ['a member of a text', JSON.stringify({ body: JSON.stringify({ client_secret: own }) }), own],
]

test.each(texts)('%s is taken out of a text', (_, text, hidden) => {
  expect(hidden.length).toBeGreaterThan(8)
  expect(text).toContain(hidden)
  expect(redact(text)).not.toContain(hidden)
  expect(redact(redact(text))).toBe(redact(text))
})

test.each([
  'ready',
  'http.port (OSTIARY_HTTP_PORT): cannot listen on 127.0.0.1:3000',
  '{"issuer":"https://auth.example","file":"/data/bootstrap.json","email":"a@b.example"}',
  'clientId=ost_ci_abcdefgh kid=key-1 id=cred_0mwutd5si40a5b9f31c4d29e231ba',
  'mongodb://db.example:27017/ostiary',
  'should look like mongodb://<user>:<password>@<host>:<port>/<database>',
  'WWW-Authenticate: Basic realm="https://auth.example", charset="UTF-8"',
  'Bearer realm="https://auth.example", error="invalid_token"',
  '{"clientId":"eyJhbGciOiJub25lIn0","kid":"eyJ-my-key"}',
  'clientId=eyJmorning.batch',
])('what is no secret stays: %s', (text) => {
  expect(redact(text)).toBe(text)
})

test.each(['a', 'eyJ', 'ost_sk_', '://', 'a:', '"d":', '-----BEGIN ', 'Basic ', '@', 'token='])(
  'a long text of %j costs next to nothing',
  async (part) => {
    const text = part.repeat(100_000 / part.length)
    const work = () => [redact(text), redact(`${text}\n`)]
    expect(await cpuMs(work)).toBeLessThan(1000)
  },
)

describe.each(['json', 'text'] as const)('a line of the log as %s', (format) => {
  function logged(write: (log: ReturnType<typeof openLogger>) => void): string {
    let lines = ''
    const stream = new Writable({
      write(chunk, _encoding, done) {
        lines += String(chunk)
        done()
      },
    })
    write(openLogger({ level: 'info', format, stream }))
    return lines
  }

  test('holds no secret, wherever one was put', () => {
    const lines = logged((log) => {
      for (const [, text] of texts) {
        log.error(text)
        log.warn('message', { field: text, deep: { list: [text] }, [text]: 'name' })
        log.info('fault', faultFields(new Error(text, { cause: new Error(text) })))
        log.info('thrown', faultFields(text))
      }
    })
    expect(lines.split('\n').length).toBeGreaterThan(4 * texts.length)
    for (const [, , hidden] of texts) expect(lines).not.toContain(hidden)
  })

  test('says when, how grave and what, and leaves out what is below the level', () => {
    const lines = logged((log) => {
      log.debug('not this')
      log.info('this', { requestId: 'request-1' })
    })
    expect(lines).toMatch(/\d{4}-\d{2}-\d{2}T/)
    for (const part of ['info', 'this', 'request-1']) expect(lines).toContain(part)
    expect(lines).not.toContain('not this')
    expect(lines.trimEnd().split('\n')).toHaveLength(1)
  })
})

describe.each(['json', 'text'] as const)('a field of a line as %s', (format) => {
  const lineOf = (fields: Record<string, unknown>) => {
    let line = ''
    const stream = new Writable({
      write(chunk, _encoding, done) {
        line += String(chunk)
        done()
      },
    })
    openLogger({ level: 'info', format, stream }).info('message', fields)
    return line
  }

  test.each([
    'clientSecret',
    'client_secret',
    'Client-key',
    'passphrase',
    'pepper',
    'retiredPeppers',
    'private-key-data',
    'privateKey',
    'client_assertion',
    'refreshToken',
    'authorization',
    'Set-Cookie',
    'd',
  ])('that is called %s tells nothing, whatever it looks like', (name) => {
    for (const hidden of ['two words, "quoted"', 'plain', 'ümläut\nand more']) {
      const told = [hidden, [hidden], { deep: hidden }]
      for (const value of told) {
        const places = [
          { [name]: value },
          { settings: { [name]: value } },
          { deep: { deeper: [{ deepest: { [name]: value } }] } },
          { ownForm: { toJSON: () => ({ [name]: value }) } },
          {
            ofClass: new (class {
              readonly held = { [name]: value }
            })(),
          },
        ]
        for (const line of places.map(lineOf)) {
          expect(line).not.toContain(hidden.slice(0, 5))
          expect(line).toContain('[redacted]')
        }
      }
    }
  })

  test('that names a client or a key is told as it was sent', () => {
    const fields = { clientId: 'eyJhbGciOiJub25lIn0', kid: 'eyJ.key.one' }
    const line = lineOf(fields)
    for (const value of Object.values(fields)) expect(line).toContain(value)
  })
})

test('a line of JSON stays JSON after secrets were taken out of it', () => {
  let line = ''
  const stream = new Writable({
    write(chunk, _encoding, done) {
      line = String(chunk)
      done()
    },
  })
  const log = openLogger({ level: 'info', format: 'json', stream })
  for (const [, text] of texts) {
    log.info('message', { text, nested: { text }, random: randomBytes(8).toString('hex') })
    expect(JSON.parse(line)).toMatchObject({ level: 'info', message: 'message' })
  }
})
