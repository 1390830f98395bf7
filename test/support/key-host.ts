import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer, type TLSSocket } from 'node:tls'

/** A host of this machine that speaks TLS, and whatever a test has it say within. */
export interface KeyHost {
  readonly url: string
  /** The certificate, which nobody trusts unless told. */
  readonly ca: string
  /** How many connections were made, and how many of them are still open. */
  readonly connections: { made: number; open: number }
  close(): Promise<void>
}

/** A certificate of `localhost`, and its key. */
export function localCertificate(): { readonly key: string; readonly cert: string } {
  const dir = mkdtempSync(join(tmpdir(), 'ostiary-key-host-'))
  const [key, cert] = [join(dir, 'key.pem'), join(dir, 'cert.pem')]
  const args = [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'],
    ...['-keyout', key, '-out', cert, '-days', '2', '-subj', '/CN=localhost'],
    ...['-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'],
  ]
  execFileSync('openssl', args, { stdio: 'ignore' })
  const made = { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') }
  rmSync(dir, { recursive: true })
  return made
}

/** Opens a host that answers each request with the bytes that `answer` writes, by its path. */
export async function openKeyHost(
  answer: (path: string, socket: TLSSocket, head: string) => void,
): Promise<KeyHost> {
  const { key, cert } = localCertificate()
  const connections = { made: 0, open: 0 }
  const sockets = new Set<TLSSocket>()
  const server = createServer({ key, cert }, (socket) => {
    sockets.add(socket)
    connections.made += 1
    connections.open += 1
    socket.on('error', () => undefined)
    socket.on('close', () => {
      sockets.delete(socket)
      connections.open -= 1
    })
    socket.once('data', (head: Buffer) => {
      const text = head.toString('latin1')
      answer(text.split(' ')[1] ?? '', socket, text)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    url: `https://localhost:${typeof address === 'object' ? address?.port : 0}`,
    ca: cert,
    connections,
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
