import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, Server as NetServer } from 'node:net'

export interface ListenerLimits {
  readonly host: string
  readonly port: number
  readonly headersTimeoutSeconds: number
  readonly requestTimeoutSeconds: number
  readonly maxConnections: number
}

export type Handler = (request: IncomingMessage, response: ServerResponse) => void

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
      const isTaken = 'code' in error && error.code === 'EADDRINUSE'
      const reason = isTaken ? 'another process listens there already' : error.message
      reject(
        new Error(`http.port (OSTIARY_HTTP_PORT): cannot listen on ${host}:${port}: ${reason}`),
      )
    })
    server.listen(port, host, () => {
      const address = server.address()
      if (typeof address === 'object' && address !== null) resolve(address)
    })
  })
}

/** Opens the one listening socket. The handler is asked for at each request: it may change. */
export async function openListener(
  limits: ListenerLimits,
  handler: () => Handler,
): Promise<Listener> {
  let isDraining = false
  const options = { maxHeaderSize: headerBytes, connectionsCheckingInterval: 2000 }
  const server = createServer(options, (request, response) => {
    if (isDraining) response.setHeader('Connection', 'close')
    handler()(request, response)
  })
  configure(server, limits)
  const { address, port } = await listen(server, limits)
  return {
    host: address,
    port,
    async drain(seconds) {
      isDraining = true
      const closed = new Promise<void>((resolve) => {
        // The plain close: the one of http would cut idle connections at once, and with them
        // requests that are on their way.
        NetServer.prototype.close.call(server, () => resolve())
      })
      const idle = setInterval(() => server.closeIdleConnections(), lingerMs)
      const end = setTimeout(() => server.closeAllConnections(), seconds * 1000)
      await closed
      clearInterval(idle)
      clearTimeout(end)
      server.close()
    },
  }
}
