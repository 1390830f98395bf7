import { createPrivateKey, sign } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'

// The floor: a bare HTTP server that signs the same payload and does nothing else. What a token
// costs beyond this is what Ostiary costs.
const [keyFile = '', alg = 'RS256'] = process.argv.slice(2)
const key = createPrivateKey({ key: JSON.parse(readFileSync(keyFile, 'utf8')), format: 'jwk' })
const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

const server = createServer((request, response) => {
  request.resume()
  request.on('end', () => {
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
    const signature = sign('sha256', data, { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')
    const token = `${header}.${payload}.${signature}`
    const body = JSON.stringify({ access_token: token, expires_in: 3600, token_type: 'Bearer' })
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
