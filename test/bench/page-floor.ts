import { createServer } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'

// What a page costs the logins of another process, since it shares their cores: a bare HTTP server that
// answers after a rest and some work, as a server does which leaves room for logins.
const [restMs, workMs, bytes] = process.argv.slice(2).map(Number)
const body = 'x'.repeat(bytes ?? 0)

const server = createServer(async (request, response) => {
  request.resume()
  await wait(restMs)
  const until = performance.now() + (workMs ?? 0)
  while (performance.now() < until);
  response.end(body)
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : 0
  process.stdout.write(`${JSON.stringify({ message: 'ready', port })}\n`)
})
