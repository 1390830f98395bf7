import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { launcher } from '../cli/command-line.ts'
import { tokenPath } from '../support/server.ts'
import { callPort, launch, newFolder, type Root, stop, tokenCall } from './server-process.ts'

async function expectTokens(port: number, root: Root): Promise<void> {
  for (let n = 0; n < 20; n += 1) {
    expect((await callPort(port, tokenPath, tokenCall(root))).status).toBe(200)
  }
}

/** Reads on until the text has such a part. */
async function readUntil(handle: FileHandle, pattern: RegExp): Promise<string> {
  let text = ''
  while (!pattern.test(text)) text += (await handle.read()).buffer.toString().replaceAll('\0', '')
  return text
}

test.each([
  ['npm start', undefined],
  ['ostiary serve', [process.execPath, launcher, 'serve']],
])(
  'goes on issuing tokens when whoever reads its log and its errors goes away: %s',
  async (_, command) => {
    const server = launch(await newFolder(), {}, command)
    await server.says(/"message":"ready"/)
    const [root, port] = [await server.root(), server.port()]
    for (const stream of [server.child.stdout, server.child.stderr]) {
      stream?.destroy()
      if (stream && !stream.closed) await once(stream, 'close')
    }
    await expectTokens(port, root)
    expect((await stop(server)).code).toBe(0)
  },
)

test('says how many lines were lost to the next one who reads its log', async () => {
  const dir = await newFolder()
  const fifo = join(dir, 'log')
  execFileSync('mkfifo', [fifo])
  const command = ['/bin/sh', '-c', 'exec "$1" src/main.ts >"$0" 2>/dev/full', fifo]
  const server = launch(dir, {}, [...command, process.execPath])
  const first = await open(fifo, 'r')
  const said = await readUntil(first, /"message":"ready"/)
  const port = Number(/"port":(\d+)/.exec(said)?.[1])
  await first.close()
  const root = await server.root()
  await expectTokens(port, root)
  const next = await open(fifo, 'r')
  await expectTokens(port, root)
  expect(await readUntil(next, /log lines were lost/)).toMatch(/"lines":\d+/)
  await next.close()
  expect((await stop(server)).code).toBe(0)
})
