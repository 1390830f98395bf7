import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { type AgentEvent, keepToken } from '../../src/cli/agent/keeping.ts'
import { type AccessToken, OstiaryError } from '../../src/sdk/index.ts'
import { compileCache } from '../support/compile-cache.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { launcher, operator, ostiary } from './command-line.ts'

let server: TestServer
let dir: string
let out: string
beforeAll(async () => {
  server = await startTestServer()
})
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'ostiary-agent-'))
  out = join(dir, 'token')
})
afterEach(async () => {
  await rm(dir, { recursive: true, force: true })
})
afterAll(async () => {
  await server.close()
})

const away = new OstiaryError('unreachable', 'nobody answers', { status: 0 })
const refused = new OstiaryError('invalid_client', 'who are you?', { status: 401 })
const hour = 3600

/** An agent in a world whose time passes only in its waits, for so many seconds. */
async function keptFor(
  seconds: number,
  script: {
    /** What comes of each try; the last goes on. */
    readonly tries: readonly (OstiaryError | 'token')[]
    readonly random?: number
    /** Called at each wait, to change the clocks. */
    readonly jump?: (time: { wall: number; monotonic: number }) => void
    readonly write?: () => Promise<void>
  },
) {
  const { tries, random = 0.5, jump = () => {}, write = async () => {} } = script
  const time = { wall: 1_000_000, monotonic: 0 }
  const start = time.monotonic
  const stop = new AbortController()
  const events: (AgentEvent & { readonly at: number })[] = []
  let tried = 0
  const fetch = async (): Promise<AccessToken> => {
    const found = tries[Math.min(tried, tries.length - 1)]
    tried += 1
    if (found instanceof OstiaryError) throw found
    return { value: 'eyJ', expiresAt: time.wall + hour * 1000 }
  }
  const clock = {
    now: () => time.wall,
    monotonicNow: () => time.monotonic,
    random: () => random,
    sleep: async (ms: number) => {
      time.wall += ms
      time.monotonic += ms
      jump(time)
      if (time.monotonic - start >= seconds * 1000) stop.abort()
    },
  }
  const tell = (event: AgentEvent) => events.push({ ...event, at: time.monotonic / 1000 })
  const kept = keepToken({ fetch, write, tell, signal: stop.signal, clock })
  const failure = await kept.then(
    () => undefined,
    (error) => error,
  )
  const of = (name: AgentEvent['event']) => events.filter(({ event }) => event === name)
  return { events, of, failure }
}

describe('the agent', () => {
  test('renews a token between six and eight tenths of its life', async () => {
    for (const [random, from] of [
      [0, 0.6],
      [0.5, 0.7],
      [0.999, 0.8],
    ] as const) {
      const { of } = await keptFor(2 * hour, { tries: ['token'], random })
      const renewedAt = of('written').map(({ at }) => at)
      expect(renewedAt[1]).toBeGreaterThanOrEqual(from * hour - 10)
      expect(renewedAt[1]).toBeLessThanOrEqual(from * hour + 10)
    }
  })

  test('keeps the token while the server is away, with pauses up to a minute, and goes on after', async () => {
    const { events, failure } = await keptFor(hour, {
      tries: ['token', ...Array.from({ length: 9 }, () => away), 'token'],
      random: 1,
    })
    expect(failure).toBeUndefined()
    const failed = events.filter((event) => event.event === 'failed')
    expect(failed.map(({ retryMs }) => retryMs / 1000)).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60])
    expect(new Set(failed.map(({ heldUntil }) => heldUntil))).toEqual(new Set([4_600_000]))
    expect(events.map(({ event }) => event).slice(-2)).toEqual(['written', 'stopped'])
  })

  test('goes on trying where no token is good any more, as long as the server is away', async () => {
    const { of, failure } = await keptFor(3 * hour, { tries: ['token', away] })
    expect(failure).toBeUndefined()
    expect(of('failed').at(-1)).toMatchObject({ heldUntil: undefined })
    expect(of('stopped')).toMatchObject([{ heldUntil: undefined }])
  })

  test('waits for a server that is away when it starts', async () => {
    const { events } = await keptFor(60, { tries: [away, away, 'token'] })
    expect(events.map(({ event }) => event)).toEqual(['failed', 'failed', 'written', 'stopped'])
  })

  test('waits as long as the server asks for, and at most five minutes', async () => {
    const busy = (retryAfterSeconds: number) =>
      new OstiaryError('throttled', 'not now', { status: 429, retryAfterSeconds })
    const { events } = await keptFor(600, { tries: [busy(17), busy(3600), 'token'] })
    const failed = events.filter((event) => event.event === 'failed')
    expect(failed.map(({ retryMs }) => retryMs)).toEqual([17_000, 300_000])
  })

  test('ends at once where it is refused and holds no token', async () => {
    const { failure, events } = await keptFor(60, { tries: [refused] })
    expect([failure, events]).toEqual([refused, []])
  })

  test('that is refused later ends when its token does', async () => {
    const { failure, of } = await keptFor(2 * hour, { tries: ['token', refused] })
    expect(failure).toBe(refused)
    expect(of('failed').at(-1)?.at).toBeLessThan(hour)
  })

  test('tries again when the file cannot be written for a while', async () => {
    let writes = 0
    const write = async () => {
      writes += 1
      if (writes === 2) throw new Error('no space')
    }
    const { events } = await keptFor(hour, { tries: ['token'], write })
    expect(events.map(({ event }) => event)).toEqual(['written', 'failed', 'written', 'stopped'])
  })

  test.each([
    ['set ahead by a day', 86_400_000],
    ['set back by a day', -86_400_000],
  ])('renews a token in time when the clock is %s', async (_, ms) => {
    let isDone = false
    const { of } = await keptFor(hour, {
      tries: ['token'],
      jump: (time) => {
        if (isDone || time.monotonic < 60_000) return
        isDone = true
        time.wall += ms
      },
    })
    const [, second] = of('written')
    expect(second?.at).toBeLessThanOrEqual(0.7 * hour + 10)
  })

  test('notices within ten seconds that the machine has slept', async () => {
    let isDone = false
    const { of } = await keptFor(hour, {
      tries: ['token'],
      jump: (time) => {
        if (isDone || time.monotonic < 60_000) return
        isDone = true
        time.wall += 2 * hour * 1000
      },
    })
    expect(of('written')[1]?.at).toBeLessThanOrEqual(70)
  })
})

describe('ostiary agent --once', () => {
  test('writes a token that is good, for the eyes of its owner, and prints none', async () => {
    await writeFile(out, 'the former one', { mode: 0o644 })
    const ended = await ostiary(['agent', '--once', '--out', out], operator(server))
    expect([ended.code, ended.stderr]).toEqual([0, ''])
    expect(ended.stdout).toContain(`wrote a token to ${out}: good until `)
    const token = await readFile(out, 'utf8')
    expect(ended.stdout).not.toContain(token)
    expect((await stat(out)).mode & 0o777).toBe(0o600)
    expect(await readdir(dir)).toEqual(['token'])
    const verified = await ostiary(['verify', token, '--url', server.url])
    expect(verified.code).toBe(0)
  })

  test('asks for the permissions and the audience that are wanted', async () => {
    const args = ['--scope', 'console.root.view', '--audience', server.url]
    await ostiary(['agent', '--once', '--out', out, ...args], operator(server))
    const verified = await ostiary(['verify', await readFile(out, 'utf8'), '--url', server.url])
    expect(JSON.parse(verified.stdout).permissions).toEqual(['console.root.view'])
  })

  test('ends with 1 when it is refused, and leaves the file as it was', async () => {
    await writeFile(out, 'the former one')
    const args = ['agent', '--once', '--out', out, '--client-secret', 'wrong']
    const ended = await ostiary(args, operator(server))
    expect([ended.code, ended.stdout]).toEqual([1, ''])
    expect(await readFile(out, 'utf8')).toBe('the former one')
  })

  test.each<readonly [string, readonly string[], Readonly<Record<string, string>>]>([
    ['nobody answers', [], { OSTIARY_URL: 'http://127.0.0.1:1' }],
    ['the secret would be read from standard input', ['--client-secret-file', '-'], {}],
  ])('ends with 2 when %s', async (_, args, env) => {
    const given = { ...operator(server), ...env }
    expect((await ostiary(['agent', '--once', '--out', out, ...args], given)).code).toBe(2)
  })

  test.each(['--once', undefined])(
    'takes the place of nothing but a file: a socket stays what it is (%s)',
    async (once) => {
      const socket = createServer().listen(out)
      try {
        const args = ['agent', '--out', out, ...(once ? [once] : [])]
        const { code, stderr } = await ostiary(args, operator(server))
        expect([code, stderr]).toEqual([2, `ostiary: --out: ${out} is there, and is no file\n`])
        expect((await stat(out)).isSocket()).toBe(true)
      } finally {
        socket.close()
      }
    },
  )

  test('ends with 2 when the folder is not there, and says so', async () => {
    const file = join(dir, 'nowhere/token')
    const ended = await ostiary(['agent', '--once', '--out', file], operator(server))
    expect(ended.code).toBe(2)
    expect(ended.stderr).toContain(`${file} cannot be written: ENOENT`)
  })
})

test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
  'ostiary agent goes on until %s, which ends it with 0, and tells each event in a line',
  async (signal) => {
    await writeFile(join(dir, `.token.${randomUUID()}`), 'eyJ')
    await writeFile(join(dir, '.token.kept'), 'of somebody else')
    const child = spawn(process.execPath, [launcher, 'agent', '--out', out, '--json'], {
      env: { PATH: process.env['PATH'] ?? '', ...compileCache, ...operator(server) },
    })
    const lines: string[] = []
    for await (const line of createInterface({ input: child.stdout })) {
      lines.push(line)
      if (lines.length === 1) child.kill(signal)
    }
    if (child.exitCode === null) await once(child, 'exit')
    expect(child.exitCode).toBe(0)
    // What an agent left that was killed while it wrote is gone; what others called alike is not.
    expect((await readdir(dir)).toSorted()).toEqual(['.token.kept', 'token'])
    const token = await readFile(out, 'utf8')
    expect(token).toMatch(/^eyJ/)
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({ event: 'written', file: out }),
      expect.objectContaining({ event: 'stopped', file: out }),
    ])
    expect(lines.join('\n')).not.toContain(token)
  },
)

test('ostiary agent that is refused at its start ends with 1', async () => {
  const args = ['agent', '--out', out, '--client-secret', 'wrong']
  expect((await ostiary(args, operator(server))).code).toBe(1)
})
