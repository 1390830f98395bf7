import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { createInterface, type Interface } from 'node:readline'

/** A server under load, and what the kernel says of it. */
export interface Measured {
  readonly url: string
  readonly startMs: number
  /** CPU time so far, all threads, in milliseconds. */
  readonly cpuMs: () => number
  /** The resident size now, in MiB. */
  readonly rssMib: () => number
  /** The largest resident size so far, in MiB. */
  readonly peakRssMib: () => number
  /** Sends a signal, and answers the line that the process prints of it, which has this message. */
  readonly told: <T>(signal: NodeJS.Signals, message: string) => Promise<T>
  readonly stop: () => Promise<void>
}

const nanosecondsPerMs = 1_000_000

/** Of each thread to the nanosecond, where the times of a process are told in steps of ten milliseconds. */
function cpuMs(pid: number): number {
  const tasks = `/proc/${pid}/task`
  const ofThread = (id: string) =>
    Number(readFileSync(`${tasks}/${id}/schedstat`, 'utf8').split(' ')[0])
  return readdirSync(tasks).reduce((sum, id) => sum + ofThread(id), 0) / nanosecondsPerMs
}

function memoryMib(pid: number, name: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1]) / 1024
}

function untilReady(child: ChildProcess, lines: Interface): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}`)))
    lines.on('line', (line) => {
      if (!line.includes('"ready"')) return
      const { port }: { port: number } = JSON.parse(line)
      resolve(port)
    })
  })
}

/** Starts a Node process that prints a JSON line with `"message":"ready"` and its port. */
export async function startMeasured(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Measured> {
  const startedAt = performance.now()
  const child = spawn(process.execPath, args, {
    env: {
      PATH: process.env['PATH'] ?? '',
      NODE_OPTIONS: process.env['NODE_OPTIONS'] ?? '',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: child.stdout })
  const port = await untilReady(child, lines)
  const startMs = performance.now() - startedAt
  const pid = child.pid ?? 0
  return {
    url: `http://127.0.0.1:${port}`,
    startMs,
    cpuMs: () => cpuMs(pid),
    rssMib: () => memoryMib(pid, 'VmRSS'),
    peakRssMib: () => memoryMib(pid, 'VmHWM'),
    told: (signal, message) =>
      new Promise((resolve) => {
        const read = (line: string) => {
          if (!line.includes(`"message":"${message}"`)) return
          lines.off('line', read)
          resolve(JSON.parse(line))
        }
        lines.on('line', read)
        child.kill(signal)
      }),
    stop: () =>
      new Promise((resolve) => {
        child.removeAllListeners('exit')
        child.once('exit', () => resolve())
        child.kill('SIGTERM')
      }),
  }
}
