import { audience, openPeople, personNames } from './provider.ts'

const usualPort = 4000

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

const port = Number(process.argv[2] ?? usualPort)
try {
  const { issuer } = await openPeople(port)
  process.stdout.write(instructions(issuer))
} catch (error) {
  const reason = error instanceof Error ? error.message : String(error)
  process.stderr.write(`cannot listen on port ${process.argv[2] ?? usualPort}: ${reason}\n`)
  process.exitCode = 1
}
