import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from '@jest/globals'
import { checkout, newFolder, start } from './server-process.ts'

/** What the image runs to know that it is well, with the sources in place of what is built of them. */
function healthCheck(): readonly string[] {
  const text = readFileSync(resolve(checkout, 'Dockerfile'), 'utf8')
  const command: readonly string[] = JSON.parse(
    /^HEALTHCHECK (?:.|\n)*?CMD (\[.*\])$/m.exec(text)?.[1] ?? '',
  )
  const loader = resolve(checkout, 'src/config/load.ts')
  return command.slice(1).map((part) => part.replace('/app/dist/config/load.js', loader))
}

test('the health check of the image asks the port that is configured', async () => {
  const server = await start(await newFolder())
  const check = async (port: number) => {
    const env = {
      OSTIARY_HTTP_HOST: '0.0.0.0',
      OSTIARY_HTTP_PORT: String(port),
      OSTIARY_ISSUER: 'https://auth.example',
      OSTIARY_DATA_DIR: join(server.dir, 'data'),
    }
    return await promisify(execFile)(process.execPath, [...healthCheck()], { env }).then(
      () => 'well',
      () => 'not well',
    )
  }
  expect(await check(server.port())).toBe('well')
  // Nobody listens on the port of the discard protocol.
  expect(await check(9)).toBe('not well')
})
