import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, Server as NetServer, type Socket } from 'node:net'
import { setImmediate as immediate } from 'node:timers/promises'
import { type Broken, brokenAnswerer } from './broken.ts'

/** Where to listen, and what a connection may take. */
export interface ListenerLimits {
  readonly host: string
  readonly port: number
  readonly headersTimeoutSeconds: number
  readonly requestTimeoutSeconds: number
  readonly maxConnections: number
}

/** Answers one request. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => void

/** Told of what the parser of HTTP refused. */
export type OnBroken = (broken: Broken) => void

/** A listening socket. */
export interface Listener {
  readonly host: string
  readonly port: number
  /** Stops accepting, lets what came in finish, and resolves when every connection is closed. */
  readonly drain: (seconds: number) => Promise<void>
}

const headerLimit = 100
const headerBytes = 16 * 1024
const keepAliveMs = 65_000
/** Kept-alive connections stay this long, so that what is on its way is still answered. */
const lingerMs = 500
const shortTurnMs = 0.2

const options = {
  maxHeaderSize: headerBytes,
  connectionsCheckingInterval: 500,
  // Asked of each request by what reads it first, which says what is missing.
  requireHostHeader: false,
}

function configure(server: Server, limits: ListenerLimits): void {
  server.maxHeadersCount = headerLimit
  server.headersTimeout = limits.headersTimeoutSeconds * 1000
  server.requestTimeout = limits.requestTimeoutSeconds * 1000
  server.keepAliveTimeout = keepAliveMs
  server.maxConnections = limits.maxConnections
}

function listen(server: Server, { host, port }: ListenerLimits): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      const code = 'code' in error ? error.code : undefined
      const isPort = code === 'EADDRINUSE' || code === 'EACCES'
      const setting = isPort ? 'http.port (OSTIARY_HTTP_PORT)' : 'http.host (OSTIARY_HTTP_HOST)'
      const isTaken = code === 'EADDRINUSE'
      const reason = isTaken ? 'another process listens there already' : error.message
      reject(new Error(`${setting}: cannot listen on ${host}:${port}: ${reason}`))
    })
    server.listen(port, host, () => {
      const address = server.address()
      if (typeof address === 'object' && address !== null) resolve(address)
    })
  })
}

/**
 * Closing a listening socket resets the connections that the kernel has queued for it, so it is
 * closed right after a turn of the event loop that took all there were and was over in no time.
 */
async function quietTurn(server: Server): Promise<void> {
  const end = performance.now() + lingerMs
  let hasCome = false
  const note = () => {
    hasCome = true
  }
  server.on('connection', note)
  for (;;) {
    const startedAt = performance.now()
    hasCome = false
    await immediate()
    const now = performance.now()
    if ((!hasCome && now - startedAt < shortTurnMs) || now > end) break
  }
  server.off('connection', note)
}

/** Opens the one listening socket. The handler is asked for at each request: it may change. */
export async function openListener(
  limits: ListenerLimits,
  handler: () => Handler,
  onBroken: OnBroken,
): Promise<Listener> {
  let isDraining = false
  const broken = brokenAnswerer(onBroken)
  const answer: Handler = (request, response) => {
    broken.note(request, response)
    if (isDraining) response.setHeader('Connection', 'close')
    handler()(request, response)
  }
  const server = createServer(options, answer)
  // RFC 9110 §10.1.1: an expectation may be passed over. Node would refuse it without a word.
  server.on('checkExpectation', answer)
  server.on('clientError', broken.answer)
  server.on('connect', ({ socket }) => broken.refuseTunnel(socket))
  configure(server, limits)
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  const { address, port } = await listen(server, limits)
  return {
    host: address,
    port,
    async drain(seconds) {
      await quietTurn(server)
      isDraining = true
      const closed = new Promise<void>((resolve) => {
        // The plain close: the one of http would cut idle connections at once, and with them
        // requests that are on their way.
        NetServer.prototype.close.call(server, () => resolve())
      })
      const idle = setInterval(() => {
        server.closeIdleConnections()
        for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy()
      }, lingerMs)
      const end = setTimeout(() => {
        for (const socket of sockets) socket.destroy()
      }, seconds * 1000)
      await closed
      clearInterval(idle)
      clearTimeout(end)
      server.close()
    },
  }
}
