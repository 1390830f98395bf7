import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { accountsPath } from '../../support/accounts.ts'
import { type Credentials, startTestServer, type TestServer } from '../../support/server.ts'
import { onEachStore } from '../../support/stores.ts'
import { type Caller, callerFor, callerWith, create, manage, view } from './accounts.ts'
import { bodyOf, member, memberCaller, newTree, type Tree, uniqueWord } from './companies.ts'

const seeCompany = 'console.company.view'
const deploy = 'console.environment.deploy.trigger'
const editProject = 'console.project.details.update'

onEachStore('questions about rights', (store) => {
  let server: TestServer
  let tree: Tree
  let foreign: Tree
  let deployer: Credentials
  let guest: Caller
  let stranger: Caller

  beforeAll(async () => {
    server = await startTestServer({ store })
    tree = await newTree(server)
    foreign = await newTree(server)
    const { projectId, envId } = tree
    deployer = await member(server, tree, {
      projectsRole: [{ projectId, environmentsRole: [{ envId, role: 'maintainer' }] }],
    })
    guest = await memberCaller(server, tree, { role: 'guest' })
    stranger = await memberCaller(server, foreign, { role: 'company-owner' })
  })
  afterAll(async () => await server.close())

  const environment = () => `${tree.projectId}:${tree.envId}`
  const check = (caller: Caller, question: object) => caller('POST', '/api/access/check', question)
  const explain = (caller: Caller, question: Record<string, string>) =>
    caller('GET', `/api/access/explain?${new URLSearchParams(question)}`)
  const holders = (caller: Caller, question: Record<string, string>) =>
    caller('GET', `/api/access/holders?${new URLSearchParams(question)}`)

  describe('a check', () => {
    test('answers of who asks, on each level', async () => {
      const own = await callerFor(server, deployer)
      const allowed = async (permission: string, resource?: string) =>
        bodyOf(await check(own, { permission, ...(resource && { resource }) }), 200)
      expect(await allowed(deploy, environment())).toEqual({ allowed: true })
      expect(await allowed(deploy, tree.projectId)).toEqual({ allowed: false })
      expect(await allowed('console.project.view', tree.projectId)).toEqual({ allowed: false })
      expect(await allowed(seeCompany, tree.companyId)).toEqual({ allowed: false })
      expect(await allowed(view)).toEqual({ allowed: false })
    })

    test('answers of who asks no further than the token goes', async () => {
      const who = await create(server, { permissions: [view, manage] })
      const narrow = await callerFor(server, who, { scope: manage })
      const question = { permission: seeCompany, resource: tree.companyId }
      expect((await check(narrow, question)).body).toEqual({ allowed: false })
      expect((await check(narrow, { ...question, subject: who.clientId })).body.allowed).toBe(false)
      expect((await check(await callerFor(server, who), question)).body).toEqual({ allowed: true })
    })

    test('answers of another member to who may see the members', async () => {
      const { clientId: subject } = deployer
      const question = { subject, permission: deploy, resource: environment() }
      expect((await check(guest, question)).body).toEqual({ allowed: true })
      const other = { ...question, permission: editProject, resource: tree.projectId }
      expect((await check(guest, other)).body).toEqual({ allowed: false })
    })

    test('answers as the roles are at this moment, and no to whoever may not log in', async () => {
      const { clientId: subject } = await member(server, tree, { role: 'guest' })
      const path = `${tree.path}/service-accounts/${subject}`
      const question = { subject, permission: seeCompany, resource: tree.companyId }
      const allowed = async () => (await check(guest, question)).body.allowed
      const change = (body: object) => server.manage('PATCH', path, body)
      expect(await allowed()).toBe(true)
      await change({ role: '' })
      expect(await allowed()).toBe(false)
      await change({ role: 'reporter' })
      expect(await allowed()).toBe(true)
      await change({ state: 'disabled' })
      expect(await allowed()).toBe(false)
    })

    test('answers many questions in their order, whatever is foreign or absent among them', async () => {
      const question = { subject: deployer.clientId, permission: deploy, resource: environment() }
      const questions = [
        question,
        { ...question, resource: foreign.companyId },
        { ...question, resource: 'nothing' },
        { ...question, subject: 'nobody' },
        { permission: seeCompany, resource: tree.companyId },
        { permission: seeCompany, resource: foreign.companyId },
        question,
      ]
      const { answers } = bodyOf(await check(guest, { questions }), 200)
      expect(answers.map(({ allowed }: { allowed: boolean }) => allowed)).toEqual([
        true,
        false,
        false,
        false,
        true,
        false,
        true,
      ])
      expect(answers[0]).toEqual({ allowed: true })
    })

    test('takes a thousand questions of full length, and no more', async () => {
      const question = {
        subject: 's'.repeat(256),
        permission: seeCompany,
        resource: 'r'.repeat(513),
      }
      const ask = (count: number) =>
        check(guest, { questions: Array.from({ length: count }, () => question) })
      expect(bodyOf(await ask(1000), 200).answers).toHaveLength(1000)
      const more = await ask(1001)
      expect([more.status, more.body.field]).toEqual([400, 'questions'])
      expect((await check(guest, { questions: [] })).body).toEqual({ answers: [] })
    })

    test.each([
      ['an unknown permission', { permission: 'console.company.veiw' }, 'permission'],
      [
        'an unknown one among many',
        { questions: [{ permission: seeCompany }, { permission: 'x.y' }] },
        'questions.1.permission',
      ],
      ['no permission', {}, 'permission'],
      ['one and many at once', { permission: seeCompany, questions: [] }, 'questions'],
      ['an unknown member', { permission: seeCompany, who: 'x' }, 'who'],
    ])('is refused with %s by its name', async (_, body, field) => {
      const answer = await check(guest, body)
      expect([answer.status, answer.body.field]).toEqual([400, field])
    })
  })

  describe('an explanation', () => {
    test('names the role, where it is held and what it is asked about', async () => {
      const question = {
        subject: deployer.clientId,
        permission: deploy,
        resource: environment(),
      }
      expect(bodyOf(await explain(guest, question), 200)).toEqual({
        allowed: true,
        why: {
          grant: {
            kind: 'role',
            role: 'maintainer',
            level: 'environment',
            resource: environment(),
          },
        },
      })
    })

    test('names a permission that is held at the root, whose resource is empty', async () => {
      const viewer = await callerWith(server, [view])
      const question = { permission: seeCompany, resource: tree.companyId }
      expect(bodyOf(await explain(viewer, question), 200)).toEqual({
        allowed: true,
        why: { grant: { kind: 'permission', level: 'root', resource: '' } },
      })
    })

    test('names what was looked for, and the least role as far down as one is enough', async () => {
      const { clientId: subject } = deployer
      const { companyId, projectId } = tree
      const question = { subject, permission: editProject, resource: projectId }
      expect(bodyOf(await explain(guest, question), 200)).toEqual({
        allowed: false,
        why: {
          tried: [
            {
              permission: 'console.root.project.details.update',
              level: 'root',
              resource: '',
            },
            {
              permission: 'console.company.project.details.update',
              level: 'company',
              resource: companyId,
            },
            { permission: editProject, level: 'project', resource: projectId },
          ],
          wouldSuffice: { role: 'project-admin', level: 'project', resource: projectId },
        },
      })
      const least = async (permission: string, resource: string) =>
        (await explain(guest, { subject, permission, resource })).body.why.wouldSuffice
      expect(await least('console.environment.dashboard.manage', environment())).toEqual({
        role: 'project-admin',
        level: 'project',
        resource: projectId,
      })
      expect(await least('console.project.delete', projectId)).toEqual({
        role: 'project-admin',
        level: 'company',
        resource: companyId,
      })
      expect(await least('console.root.company.create', companyId)).toBeUndefined()
    })

    test('is needed permission for, and needs a known one', async () => {
      expect((await explain(guest, {})).body.field).toBe('permission')
      const unknown = await explain(guest, { permission: 'console.nothing' })
      expect([unknown.status, unknown.body.code]).toEqual([400, 'permission.unknown'])
    })
  })

  describe('whoever asks about others', () => {
    test('is a member who may see them, and otherwise forbidden', async () => {
      const own = await callerFor(server, deployer)
      const { clientId } = await member(server, tree)
      const question = { permission: seeCompany, resource: tree.companyId }
      for (const answer of [
        await check(own, { ...question, subject: clientId }),
        await check(own, { questions: [{ ...question, subject: clientId }] }),
        await explain(own, { ...question, subject: clientId }),
        await holders(own, question),
      ]) {
        expect([answer.status, answer.body.code]).toEqual([403, 'actor.forbidden'])
      }
    })

    test('is told the same of foreign and of absent subjects and resources', async () => {
      const { clientId: root } = await create(server, { permissions: [] })
      const { clientId: subject } = deployer
      const resource = tree.companyId
      const own = { permission: seeCompany, resource: foreign.companyId }
      const pairs = [
        [
          { ...own, subject },
          { ...own, subject: 'nobody' },
        ],
        [
          { ...own, subject: root },
          { ...own, subject: 'nobody' },
        ],
        [
          { ...own, resource },
          { ...own, resource: 'nothing' },
        ],
        [
          { ...own, resource: environment() },
          { ...own, resource: 'nothing:at-all' },
        ],
      ] as const
      for (const [there, absent] of pairs) {
        const [one, other] = [await explain(stranger, there), await explain(stranger, absent)]
        expect([one.status, one.text]).toEqual([404, other.text])
        if ('subject' in there) {
          const [checked, not] = [await check(stranger, there), await check(stranger, absent)]
          expect([checked.status, checked.text]).toEqual([404, not.text])
        }
      }
      const [one, other] = [
        await holders(stranger, { permission: seeCompany, resource }),
        await holders(stranger, { permission: seeCompany, resource: 'nothing' }),
      ]
      expect([one.status, one.body.code, one.text]).toEqual([404, 'resource.not_found', other.text])
    })

    test('is told no of themselves on what is foreign or absent', async () => {
      for (const resource of [tree.companyId, tree.projectId, environment(), 'nothing', 'a:b']) {
        const answer = await check(stranger, { permission: seeCompany, resource })
        expect([answer.status, answer.body]).toEqual([200, { allowed: false }])
      }
    })

    test('sees nobody of root without a right at the root', async () => {
      const { companyId } = tree
      const { clientId } = await create(server, { permissions: [view] })
      const founder = server.admin.clientId
      for (const subject of [clientId, founder]) {
        const question = { subject, permission: seeCompany, resource: companyId }
        const answer = await check(guest, question)
        expect([answer.status, answer.body.code]).toEqual([404, 'subject.not_found'])
        expect((await check(server.manage, question)).body).toEqual({ allowed: true })
      }
      const root = await check(guest, { subject: deployer.clientId, permission: view })
      expect([root.status, root.body.code]).toEqual([403, 'actor.forbidden'])
    })
  })

  describe('the holders of a permission', () => {
    interface Row {
      readonly identityId: string
    }
    const ids = (rows: readonly Row[]) => rows.map(({ identityId }) => identityId)

    test('are all who hold it, with what lets them, in the order of their creation', async () => {
      const own = await newTree(server)
      const { companyId, projectId } = own
      const name = uniqueWord('owner')
      const owner = await member(server, own, { name, role: 'company-owner' })
      const admin = await member(server, own, {
        projectsRole: [{ projectId, role: 'project-admin' }],
      })
      await member(server, own, { role: 'developer' })
      const gone = await member(server, own, { role: 'company-owner' })
      await server.manage('PATCH', `${own.path}/service-accounts/${gone.clientId}`, {
        state: 'disabled',
      })
      const caller = await callerFor(server, owner)
      const answer = await holders(caller, { permission: editProject, resource: projectId })
      expect(bodyOf(answer, 200)).toEqual([
        {
          identityId: owner.clientId,
          identityType: 'serviceaccount',
          name,
          grant: { kind: 'role', role: 'company-owner', level: 'company', resource: companyId },
        },
        {
          identityId: admin.clientId,
          identityType: 'serviceaccount',
          name: expect.any(String),
          grant: { kind: 'role', role: 'project-admin', level: 'project', resource: projectId },
        },
      ])
      expect(answer.headers.get('x-total-count')).toBe('2')
    })

    test('come in pages whose links lead through all of them', async () => {
      const own = await newTree(server)
      const resource = own.companyId
      const made = []
      for (let n = 0; n < 5; n += 1) made.push(await member(server, own, { role: 'guest' }))
      const caller = await memberCaller(server, own, { role: 'company-owner' })
      const seen: string[] = []
      let path: string | undefined =
        `/api/access/holders?permission=${seeCompany}&resource=${resource}&per_page=2`
      while (path !== undefined) {
        const answer = await caller('GET', path)
        seen.push(...ids(bodyOf(answer, 200)))
        expect(answer.headers.get('x-total-count')).toBe('6')
        path = /<([^>]*)>; rel="next"/.exec(answer.headers.get('link') ?? '')?.[1]
      }
      expect(seen.slice(0, 5)).toEqual(made.map(({ clientId }) => clientId))
      expect(new Set(seen).size).toBe(6)
    })

    test('are of root only for those who may know of root', async () => {
      const own = await newTree(server)
      const owner = await memberCaller(server, own, { role: 'company-owner' })
      const { clientId } = await create(server, { permissions: [view] })
      const question = { permission: seeCompany, resource: own.companyId }
      const seenByOwner = ids(bodyOf(await holders(owner, question), 200))
      const seenAtRoot = ids(bodyOf(await holders(server.manage, question), 200))
      expect(seenByOwner).toHaveLength(1)
      expect(seenAtRoot).toEqual(expect.arrayContaining([...seenByOwner, clientId]))
      expect(seenAtRoot).toContain(server.admin.clientId)
      const atRoot = ids(bodyOf(await holders(server.manage, { permission: view }), 200))
      expect(atRoot).toEqual(expect.arrayContaining([clientId, server.admin.clientId]))
      const refused = await holders(owner, { permission: view })
      expect([refused.status, refused.body.code]).toEqual([403, 'actor.forbidden'])
      await server.manage('DELETE', `${accountsPath}/${clientId}`)
      const left = ids(bodyOf(await holders(server.manage, { permission: view }), 200))
      expect(left).not.toContain(clientId)
    })
  })
})
