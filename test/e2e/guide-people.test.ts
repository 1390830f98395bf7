import { type ChildProcess, spawn } from 'node:child_process'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { eventually } from '../support/eventually.ts'
import { printedBlocks } from '../support/pages.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { asCheckout, paste } from './support/pasted.ts'

const printedUrl = 'http://127.0.0.1:4000'

/** The one line of a part of the guide that begins so. */
function line(heading: string, start: string): string {
  const lines = printedBlocks('guide.md', heading, 'sh').join('').split('\n')
  const [found, ...others] = lines.filter((each) => each.startsWith(start))
  if (found === undefined || others.length > 0) throw new Error(`${heading}: one ${start} expected`)
  return found
}

let server: TestServer
let people: ChildProcess | undefined
beforeAll(async () => {
  server = await startTestServer()
  await asCheckout(server)
})
afterAll(async () => {
  people?.kill()
  await server.close()
})

/** Starts the provider by the command that the guide prints, on a free port; where it is. */
async function startPeople(command: string): Promise<string> {
  people = spawn('bash', ['-c', `exec ${command.trim()} -- 0`], { cwd: server.dir })
  let said = ''
  people.stdout?.on('data', (chunk) => {
    said += chunk
  })
  return await eventually(() => /^issuer +(\S+)$/m.exec(said)?.[1] ?? '')
}

test('the guide has people sign in, by an invitation or a group, and share a project', async () => {
  const [provider = '', ...blocks] = printedBlocks('guide.md', '## People sign in')
  const url = await startPeople(provider)
  const commands = [
    ...printedBlocks('guide.md', '## Log in as root', 'sh'),
    line('## Fetch a token', 'OSTIARY_URL='),
    line('## A company with its own accounts', 'npx ostiary companies create'),
    ...blocks.map((block) => block.replaceAll(printedUrl, url)),
    ...printedBlocks('guide.md', '## A project of people'),
  ].join('\n')
  expect([url, commands]).toEqual([expect.stringMatching(/^http:/), expect.stringContaining(url)])
  const answers = (await paste(server, commands)).split('\n').filter((each) => /^[{[]/.test(each))
  const [issuer, invited, group, ada, grace, ...ofProject] = answers.map((each) => JSON.parse(each))
  expect(answers).toHaveLength(13)
  expect([issuer.issuer, issuer.state]).toEqual([url, 'enabled'])
  expect(invited).toMatchObject({ email: 'ada@people.example', state: 'invited' })
  expect(group).toMatchObject({ name: 'engineers', role: 'reporter' })
  expect(ada.id).toBe(invited.userId)
  expect(ada.roles).toEqual(
    expect.arrayContaining([expect.objectContaining({ role: 'developer', source: 'own' })]),
  )
  expect(grace).toMatchObject({ email: 'grace@people.example', roles: [{ role: 'reporter' }] })
  for (const { companies } of [ada, grace]) expect(companies).toMatchObject([{ name: 'Acme' }])
  const [made, projects, account, member, accounts, byToken, former, latter] = ofProject
  const owners = [{ name: ada.name, email: 'ada@people.example' }]
  expect(made).toMatchObject({ name: 'Plan 9', status: 'Inactive', owners })
  expect(projects).toEqual([{ ...made, status: 'Active' }])
  expect(account).toMatchObject({ name: 'ci', group: `editors-${made.id}` })
  expect(member.projects).toEqual([{ id: made.id, group: `projectmanagers-${made.id}` }])
  expect(accounts).toEqual([{ ...account, status: 'Active' }])
  expect([byToken, latter]).toEqual([projects, projects])
  expect(former.error.message).toContain('has been revoked for serviceaccount-')
})
