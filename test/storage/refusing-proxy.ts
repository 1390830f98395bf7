import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { BSON } from 'mongodb'
import { listening } from './proxy.ts'

/** What a server answers to a write that it does not take: the command fails, or each of its documents. */
export interface Refusal {
  readonly code: number
  readonly errmsg: string
  readonly of: 'command' | 'documents'
  /** Smaller writes are taken. */
  readonly fromBytes?: number
}

/** A proxy in front of a server of MongoDB, which answers writes itself as long as it is told to refuse them. */
export interface RefusingProxy {
  readonly port: number
  refuse(refusal: Refusal | undefined): void
  close(): Promise<void>
}

const opMsg = 2013
const headBytes = 16
/** Flags, and the kind of the section that holds the command. */
const beforeCommand = headBytes + 5
const writes = ['insert', 'update', 'delete', 'findAndModify']

/** The name of the command in a whole message (the first member of its document). */
function nameOf(message: Buffer): string | undefined {
  if (message.readInt32LE(12) !== opMsg) return undefined
  const start = beforeCommand + 5
  return message.toString('utf8', start, message.indexOf(0, start))
}

function isRefused(message: Buffer, { fromBytes = 0 }: Refusal): boolean {
  return message.length >= fromBytes && writes.includes(nameOf(message) ?? '')
}

function answerTo(message: Buffer, { code, errmsg, of }: Refusal): Buffer {
  const fault = { code, errmsg }
  const body = BSON.serialize(
    of === 'command' ? { ok: 0, ...fault } : { ok: 1, n: 0, writeErrors: [{ index: 0, ...fault }] },
  )
  const head = Buffer.alloc(beforeCommand)
  head.writeInt32LE(beforeCommand + body.length, 0)
  message.copy(head, 8, 4, 8)
  head.writeInt32LE(opMsg, 12)
  return Buffer.concat([head, body])
}

/** Hands on each message as soon as all of it is there. */
function byMessage(take: (message: Buffer) => void): (data: Buffer) => void {
  let waiting = Buffer.alloc(0)
  return (data) => {
    waiting = Buffer.concat([waiting, data])
    while (waiting.length >= headBytes && waiting.length >= waiting.readInt32LE(0)) {
      const length = waiting.readInt32LE(0)
      take(waiting.subarray(0, length))
      waiting = waiting.subarray(length)
    }
  }
}

export async function refusingProxyTo({ uri }: { readonly uri: string }): Promise<RefusingProxy> {
  const { hostname, port } = new URL(uri)
  const sockets = new Set<Socket>()
  let refusal: Refusal | undefined
  const server = createServer((near) => {
    const far = connect(Number(port || 27017), hostname)
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket)
      socket.on('error', () => undefined).on('close', () => other.destroy())
    }
    far.pipe(near)
    near.on(
      'data',
      byMessage((message) => {
        if (refusal && isRefused(message, refusal)) near.write(answerTo(message, refusal))
        else far.write(message)
      }),
    )
  })
  return {
    port: await listening(server),
    refuse(next) {
      refusal = next
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
