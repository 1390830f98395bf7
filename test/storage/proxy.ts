import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'

type Mood = 'passing' | 'silent' | 'refusing'

/** A TCP proxy in front of a server, which can go silent or away and come back. */
export interface TcpProxy {
  readonly port: number
  /** Silent: connections are accepted and stored, and nothing passes. Refusing: they are cut. */
  become(mood: Mood): void
  /** Passes the next request that has these bytes, and cuts the connection instead of the reply. */
  loseReplyTo(bytes: Buffer): void
  close(): Promise<void>
}

export async function proxyTo(port: number, host: string): Promise<TcpProxy> {
  const pairs = new Set<readonly [Socket, Socket]>()
  let mood: Mood = 'passing'
  let cue: Buffer | undefined

  const server = createServer((near) => {
    const far = connect(port, host)
    const pair = [near, far] as const
    pairs.add(pair)
    for (const socket of pair) {
      socket.on('error', () => end(pair))
      socket.on('close', () => end(pair))
    }
    near.on('data', (request) => {
      if (cue === undefined || !request.includes(cue)) return
      cue = undefined
      far.unpipe(near)
      far.on('data', () => end(pair)).resume()
    })
    apply(pair)
  })

  function end(pair: readonly [Socket, Socket]): void {
    pairs.delete(pair)
    for (const socket of pair) socket.destroy()
  }

  function apply(pair: readonly [Socket, Socket]): void {
    const [near, far] = pair
    for (const socket of pair) socket.unpipe()
    if (mood === 'refusing') end(pair)
    if (mood === 'passing') {
      near.pipe(far)
      far.pipe(near)
    }
  }

  return {
    port: await listening(server),
    become(next) {
      mood = next
      for (const pair of pairs) apply(pair)
    },
    loseReplyTo(bytes) {
      cue = bytes
    },
    async close() {
      for (const pair of pairs) end(pair)
      server.close()
      await once(server, 'close')
    },
  }
}

/** The port of a proxy that begins to listen. */
export async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}
