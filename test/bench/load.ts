import { Agent, request } from 'node:http'
import type { Measured } from './processes.ts'

export interface Shot {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface Figures {
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly cpuMsPerToken: number
}

const connections = 16

function fire(url: URL, agent: Agent, shot: Shot): Promise<void> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method: 'POST', agent, headers: shot.headers }, (incoming) => {
      incoming.resume()
      incoming.on('end', () => {
        if (incoming.statusCode === 200) resolve()
        else reject(new Error(`the server answered ${incoming.statusCode}`))
      })
    })
    outgoing.on('error', reject)
    outgoing.end(shot.body)
  })
}

async function volley(url: URL, shots: readonly Shot[]): Promise<number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const times: number[] = []
  let next = 0
  const shooter = async () => {
    for (let shot = shots[next++]; shot; shot = shots[next++]) {
      const at = performance.now()
      await fire(url, agent, shot)
      times.push(performance.now() - at)
    }
  }
  await Promise.all(Array.from({ length: connections }, shooter))
  agent.destroy()
  return times
}

/** Fires a bounded number of requests over 16 kept-alive connections, after a warm-up. */
export async function measure(
  server: Measured,
  path: string,
  shots: { readonly warmUp: readonly Shot[]; readonly counted: readonly Shot[] },
): Promise<Figures> {
  const url = new URL(path, server.url)
  await volley(url, shots.warmUp)
  const [cpu, at] = [server.cpuMs(), performance.now()]
  const times = await volley(url, shots.counted)
  const seconds = (performance.now() - at) / 1000
  const sorted = times.sort((a, b) => a - b)
  const quantile = (share: number) => sorted[Math.floor(sorted.length * share)] ?? 0
  return {
    perSecond: times.length / seconds,
    p50Ms: quantile(0.5),
    p99Ms: quantile(0.99),
    cpuMsPerToken: (server.cpuMs() - cpu) / times.length,
  }
}
