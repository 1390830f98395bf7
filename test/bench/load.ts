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

const connections = 20

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

/** Fires all shots over 20 kept-alive connections, spread over the servers; milliseconds of each. */
export async function volley(
  servers: readonly Measured[],
  path: string,
  shots: readonly Shot[],
): Promise<number[]> {
  const urls = servers.map(({ url }) => new URL(path, url))
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const times: number[] = []
  let next = 0
  const shooter = async (_: unknown, place: number) => {
    const url = urls[place % urls.length] ?? new URL(path)
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

/** What a bounded number of requests cost the servers, all together. */
export async function measure(
  servers: readonly Measured[],
  path: string,
  shots: readonly Shot[],
): Promise<Figures> {
  const cpuMs = () => servers.reduce((sum, server) => sum + server.cpuMs(), 0)
  const [cpu, at] = [cpuMs(), performance.now()]
  const times = await volley(servers, path, shots)
  const seconds = (performance.now() - at) / 1000
  const sorted = times.sort((a, b) => a - b)
  const quantile = (share: number) => sorted[Math.floor(sorted.length * share)] ?? 0
  return {
    perSecond: times.length / seconds,
    p50Ms: quantile(0.5),
    p99Ms: quantile(0.99),
    cpuMsPerToken: (cpuMs() - cpu) / times.length,
  }
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}

/** The median of several rounds, figure by figure. */
export function medianOf(rounds: readonly Figures[]): Figures {
  return {
    perSecond: median(rounds.map(({ perSecond }) => perSecond)),
    p50Ms: median(rounds.map(({ p50Ms }) => p50Ms)),
    p99Ms: median(rounds.map(({ p99Ms }) => p99Ms)),
    cpuMsPerToken: median(rounds.map(({ cpuMsPerToken }) => cpuMsPerToken)),
  }
}
