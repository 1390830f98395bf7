import { setInterval } from 'node:timers'
import { audience, openPeople, personNames } from './provider.ts'

const usualPort = 4000
const lookEveryMs = 1000

/** What to say to whoever wants to try it out. */
function instructions(issuer: string): string {
  const setting = [{ name: 'people', issuer, audience, groupsClaim: 'groups', allowInsecure: true }]
  return [
    `An OpenID provider with people who do not exist: ${personNames.join(' and ')}.`,
    '',
    `issuer    ${issuer}`,
    `audience  ${audience}`,
    'groups    groups',
    '',
    'Have Ostiary trust it:',
    `  OSTIARY_PEOPLE_ISSUERS='${JSON.stringify(setting)}' npm start`,
    'Get a token:',
    ...personNames.map((person) => `  curl -s '${issuer}/token?person=${person}'`),
    '',
  ].join('\n')
}

/** Nobody can stop what they do not know of: without npm that started it, it has nobody to serve. */
function endWithStarter(end: () => void): void {
  const starter = process.ppid
  setInterval(() => process.ppid !== starter && end(), lookEveryMs).unref()
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, end)
}

const port = Number(process.argv[2] ?? usualPort)
try {
  const { issuer, close } = await openPeople(port)
  endWithStarter(() => void close().then(() => process.exit()))
  process.stdout.write(instructions(issuer))
} catch (error) {
  const reason = error instanceof Error ? error.message : String(error)
  process.stderr.write(`cannot listen on port ${process.argv[2] ?? usualPort}: ${reason}\n`)
  process.exitCode = 1
}
