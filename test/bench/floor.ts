import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'

// The floor: a bare HTTP server that signs the same payload and, when it is given a client's key,
// verifies the same assertion, and does nothing else. What a token costs beyond this is what Ostiary
// costs.
const [keyFile = '', alg = 'RS256', clientKeyFile = ''] = process.argv.slice(2)
const readJwk = (file: string) => JSON.parse(readFileSync(file, 'utf8'))
const key = createPrivateKey({ key: readJwk(keyFile), format: 'jwk' })
const clientKey = clientKeyFile && createPublicKey({ key: readJwk(clientKeyFile), format: 'jwk' })
const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

function isSigned(assertion: string): boolean {
  if (clientKey === '') return true
  const end = assertion.lastIndexOf('.')
  const data = Buffer.from(assertion.slice(0, end))
  const signature = Buffer.from(assertion.slice(end + 1), 'base64url')
  return verify('sha256', data, { key: clientKey, dsaEncoding: 'ieee-p1363' }, signature)
}

function token(): string {
  const iat = Math.floor(Date.now() / 1000)
  const header = encode({ alg, typ: 'at+jwt', kid: 'a1e048195dd921e9319dce9a2065de9e' })
  const payload = encode({
    iss: 'http://127.0.0.1:3000',
    sub: 'ost_ci_tS28JdZakl5K2Vsu1QHEpqI1',
    aud: 'http://127.0.0.1:3000',
    client_id: 'ost_ci_tS28JdZakl5K2Vsu1QHEpqI1',
    iat,
    exp: iat + 3600,
    jti: 'tok_0mwusc9h0TUOmGkhYXjLxRGj4',
    permissions: ['console.root.view'],
  })
  const data = Buffer.from(`${header}.${payload}`)
  const signature = sign('sha256', data, { key, dsaEncoding: 'ieee-p1363' })
  return `${header}.${payload}.${signature.toString('base64url')}`
}

const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const form = new URLSearchParams(Buffer.concat(chunks).toString())
    if (!isSigned(form.get('client_assertion') ?? '')) return void response.writeHead(401).end()
    const body = JSON.stringify({
      access_token: token(),
      expires_in: 3600,
      token_type: 'Bearer',
    })
    response.setHeader('Content-Type', 'application/json')
    response.setHeader('Content-Length', Buffer.byteLength(body))
    response.end(body)
  })
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : 0
  process.stdout.write(`${JSON.stringify({ message: 'ready', port })}\n`)
})
