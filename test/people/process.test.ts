import { spawn } from 'node:child_process'
import { resolve } from 'node:path'
import { afterEach, expect, test } from '@jest/globals'
import { eventually } from '../support/eventually.ts'

const checkout = resolve(import.meta.dirname, '../..')

const left: (() => void)[] = []
afterEach(() => {
  for (const kill of left.splice(0)) kill()
})

/** Starts the provider as whoever tries it out does; npm, and the URL that it prints. */
async function started() {
  const npm = spawn('npm', ['run', 'people', '--', '0'], { cwd: checkout, detached: true })
  let said = ''
  npm.stdout.on('data', (chunk) => {
    said += chunk
  })
  // A group of its own: should the test fail, nothing of it is left either.
  left.push(() => {
    try {
      if (npm.pid !== undefined) process.kill(-npm.pid, 'SIGKILL')
    } catch {}
  })
  const issuer = await eventually(() => /^issuer +(\S+)$/m.exec(said)?.[1] ?? '')
  expect(issuer).toMatch(/^http:/)
  return { npm, issuer }
}

const isThere = async (issuer: string) =>
  await fetch(`${issuer}/token?person=ada`).then(
    ({ ok }) => ok,
    () => false,
  )

test.each(['SIGTERM', 'SIGINT', 'SIGKILL'] as const)(
  'the provider to try out ends with npm that started it, by %s',
  async (signal) => {
    const { npm, issuer } = await started()
    expect(await isThere(issuer)).toBe(true)
    npm.kill(signal)
    expect(await eventually(async () => !(await isThere(issuer)))).toBe(true)
  },
)
