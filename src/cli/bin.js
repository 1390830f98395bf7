#!/usr/bin/env node
// The launcher: a checkout runs the sources, the published package what was built of them. Plain
// JavaScript, so that an old Node can say what is wrong instead of failing on a type.
import { existsSync } from 'node:fs'

const oldest = 24
if (Number.parseInt(process.versions.node, 10) < oldest) {
  process.stderr.write(`ostiary: needs Node ${oldest} or newer; this is ${process.version}\n`)
  process.exit(2)
}
const source = new URL('main.ts', import.meta.url)
const built = new URL('../../dist/cli/main.js', import.meta.url)
const { run, processWorld, unwritten } = await import((existsSync(source) ? source : built).href)
const args = process.argv.slice(2)
// A reader that has seen enough, such as `head`, is no failure.
process.stdout.on('error', (error) => {
  if (error.code === 'EPIPE') process.exit(0)
  process.stderr.write(unwritten(args, error))
  process.exit(2)
})
// Nobody reads why it failed: the exit code still says that it did.
process.stderr.on('error', () => undefined)
const exitCode = await run(args, processWorld())
process.exitCode ??= exitCode
