import { Agent, request } from 'node:http'

export interface Call {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

export interface Pace {
  readonly perSecond: number
  readonly seconds: number
}

const tickMs = 1
const mostConnections = 64
const longestMs = 20_000

function send(url: string, agent: Agent, { method, path, headers, body }: Call): Promise<void> {
  return new Promise((resolve, reject) => {
    const options = { method, agent, headers, signal: AbortSignal.timeout(longestMs) }
    const outgoing = request(new URL(path, url), options, (incoming) => {
      incoming.resume()
      incoming.on('end', () => {
        if ((incoming.statusCode ?? 500) < 300) resolve()
        else reject(new Error(`${method} ${path} was answered ${incoming.statusCode}`))
      })
    })
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

/**
 * Sends calls at an even pace, whether or not the former ones were answered, for a bounded time.
 * Returns how long each took, in milliseconds, counted from the moment at which it was due.
 */
export async function paced(
  url: string,
  { perSecond, seconds }: Pace,
  call: (n: number) => Call,
): Promise<readonly number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: mostConnections })
  const startedAt = performance.now()
  const times: number[] = []
  const sent: Promise<void>[] = []
  const due = (n: number) => startedAt + (n * 1000) / perSecond
  await new Promise<void>((resolve) => {
    const ticker = setInterval(() => {
      while (sent.length < perSecond * seconds && due(sent.length) <= performance.now()) {
        const at = due(sent.length)
        const note = () => void times.push(performance.now() - at)
        sent.push(send(url, agent, call(sent.length)).then(note))
      }
      if (sent.length < perSecond * seconds) return
      clearInterval(ticker)
      resolve()
    }, tickMs)
  })
  await Promise.all(sent)
  agent.destroy()
  return times
}
