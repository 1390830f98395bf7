import { generateKeyPairSync } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { startTestServer, type TestServer } from '../../support/server.ts'
import { onEachStore } from '../../support/stores.ts'
import { bodyOf, member, newTree, type Tree, uniqueWord } from './companies.ts'
import { type Command, miactl, send, tokenByKey, tokenBySecret } from './miactl.ts'
import { unread } from './miactl-reads.ts'

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 4096 })

onEachStore('miactl', (store) => {
  let server: TestServer
  let tree: Tree
  let token: string

  beforeAll(async () => {
    server = await startTestServer({ store })
    tree = await newTree(server)
    const owner = await member(server, tree, { role: 'company-owner' })
    token = bodyOf(await tokenBySecret(server, owner), 200).access_token
  })
  afterAll(async () => await server.close())

  /** What a command has of its answer, when it does not fail. */
  const run = async (command: Command, as = token) => {
    const { status, body, text } = await send(server, as, command)
    expect([status < 400, text]).toEqual([true, text])
    expect(unread(body, command.reads ?? {})).toEqual([])
    return body
  }
  const rolesOf = async (clientId: string) => {
    const path = `${tree.path}/service-accounts/${clientId}`
    const { companyRoles, projects } = bodyOf(await server.manage('GET', path), 200)
    return { companyRoles, projects }
  }
  const added = async (role = 'guest') => {
    const name = uniqueWord('account')
    const make = miactl['company iam add serviceaccount basic'](tree.companyId, name, role)
    return { name, ...(await run(make)) }
  }

  test('logs in with the secret of the account that it made', async () => {
    const { name: _name, ...made } = await added('reporter')
    expect(made).toMatchObject({ company: tree.companyId, clientSecret: expect.any(String) })
    const answer = bodyOf(await tokenBySecret(server, made), 200)
    expect(answer).toMatchObject({ token_type: 'Bearer', expires_in: 3600 })
    const [company] = await run(miactl['company list'](), answer.access_token)
    expect(company).toMatchObject({ tenantId: tree.companyId })
  })

  test('logs in with the key of the account that it made, which it names RSA256', async () => {
    const given = { name: uniqueWord('account'), role: 'reporter', key: publicKey }
    const made = await run(miactl['company iam add serviceaccount jwt'](tree.companyId, given))
    expect(made).not.toHaveProperty('clientSecret')
    expect(made.kid).toBe('miactl')
    const answer = bodyOf(await tokenByKey(server, made.clientId, privateKey), 200)
    const projects = await run(miactl['project list'](tree.companyId), answer.access_token)
    expect(projects).toMatchObject([{ _id: tree.projectId, tenantId: tree.companyId }])
  })

  test('lists companies, projects and environments', async () => {
    const companies = await run(miactl['company list']())
    expect(companies).toMatchObject([{ tenantId: tree.companyId, name: expect.any(String) }])
    expect(await run(miactl['project list'](tree.companyId))).toHaveLength(1)
    const project = await run(miactl['runtime environment list'](tree.projectId))
    expect(project).toMatchObject({
      tenantId: tree.companyId,
      environments: [{ envId: tree.envId, label: 'Development' }],
    })
    // It prints the cluster of an environment, and asks for the one that is named: there is none.
    const [environment] = project.environments
    expect(environment.cluster).toEqual({ namespace: environment.namespace })
    expect(environment.isProduction).toBe(false)
  })

  test('finds a company by its id, where it looks for the rules of one', async () => {
    await newTree(server)
    const { companyId } = tree
    expect(await run(miactl['company rules list'](companyId))).toMatchObject([{ companyId }])
    const twice = `/api/backend/tenants/?q=${companyId}&search=${companyId}`
    expect((await server.manage('GET', twice)).status).toBe(400)
  })

  test('lists the identities of one type with their roles on one project', async () => {
    const { clientId } = await added('developer')
    const { companyId, projectId } = tree
    const ask = miactl['identities of one type on a project']
    const rows = await run(ask(companyId, 'serviceaccount', projectId))
    const row = rows.find(({ identityId }: { identityId: string }) => identityId === clientId)
    expect(row.projects).toMatchObject([{ _id: projectId, effectiveRoles: ['developer'] }])
    const types = rows.map(({ identityType }: { identityType: string }) => identityType)
    expect(new Set(types)).toEqual(new Set(['serviceaccount']))
  })

  test('lists the service accounts of a company with their roles and last logins', async () => {
    const made = await added('developer')
    await tokenBySecret(server, made)
    const rows = await run(miactl['company iam list serviceaccounts'](tree.companyId))
    expect(rows).toContainEqual(
      expect.objectContaining({
        clientId: made.clientId,
        name: made.name,
        authMethod: 'client_secret_basic',
        companyRoles: ['developer'],
      }),
    )
  })

  test('edits the role of a service account on the company', async () => {
    const { clientId } = await added()
    const command = miactl['company iam edit serviceaccount'](
      tree.companyId,
      clientId,
      'maintainer',
    )
    expect(await run(command)).toEqual({
      statusCode: 200,
      message: 'identity roles successfully updated',
    })
    expect(await rolesOf(clientId)).toMatchObject({ companyRoles: ['maintainer'] })
  })

  test('removes a service account', async () => {
    const made = await added()
    await run(miactl['company iam remove serviceaccount'](tree.companyId, made.clientId))
    expect((await tokenBySecret(server, made)).status).toBe(401)
  })

  /** One of each kind that miactl knows, without a role on the project; its id. */
  const entities = {
    serviceaccount: async () => (await added()).clientId,
    user: async () => {
      const email = `${uniqueWord('ada').replace(' ', '.')}@people.example`
      await run(miactl['company iam add user'](tree.companyId, email, 'guest'))
      const users = await run(miactl['company iam list users'](tree.companyId))
      return users.find((row: { email: string }) => row.email === email).userId
    },
    group: async () => {
      const name = uniqueWord('group')
      await run(miactl['company iam add group'](tree.companyId, name, 'guest'))
      const groups = await run(miactl['company iam list groups'](tree.companyId))
      return groups.find((row: { name: string }) => row.name === name)._id
    },
  } as const

  test.each(['serviceaccount', 'user', 'group'] as const)(
    'edits and removes roles of a %s on a project and on one environment, each by itself',
    async (type) => {
      const id: string = await entities[type]()
      const { companyId, projectId, envId } = tree
      const set = async (role?: string, onEnvironment?: string) => {
        const environment =
          onEnvironment === undefined ? {} : { environment: { envId, role: onEnvironment } }
        const change = { projectId, ...(role !== undefined && { role }), ...environment }
        await run(miactl[`project iam edit ${type}`](companyId, id, change))
        const rows = await run(miactl['company iam list'](companyId, type))
        return rows.find((row: { identityId: string }) => row.identityId === id).projects
      }
      const row = (roles: readonly string[], environment?: string) => [
        {
          _id: projectId,
          roles,
          environments: environment === undefined ? [] : [{ envId, roles: [environment] }],
        },
      ]
      expect(await set('developer')).toMatchObject(row(['developer']))
      // `edit --environment` sends the project's role along, empty: it is meant to stay.
      expect(await set('', 'maintainer')).toMatchObject(row(['developer'], 'maintainer'))
      // `remove-role --environment` sends no role of the project, `remove-role` an empty one alone.
      expect(await set(undefined, '')).toMatchObject(row(['developer']))
      expect(await set('', 'reporter')).toMatchObject(row(['developer'], 'reporter'))
      // So does `edit` without --project-role and --environment.
      expect(await set('')).toMatchObject(row([], 'reporter'))
      expect(await set(undefined, '')).toEqual([])
    },
  )

  test('adds several members to a group at once, by their addresses', async () => {
    const { companyId } = tree
    const groupId = await entities.group()
    const emails = ['one', 'two'].map((word) => `${uniqueWord(word).replace(' ', '.')}@x.example`)
    await run(miactl['company iam add group-member'](companyId, groupId, ...emails))
    const groups = await run(miactl['company iam list groups'](companyId))
    const { members } = groups.find(({ _id: id }: { _id: string }) => id === groupId)
    expect(members).toHaveLength(2)
  })

  test('removes a user who stays in groups where that is asked for', async () => {
    const { companyId } = tree
    const [userId, groupId] = [await entities.user(), await entities.group()]
    const user = async () =>
      (await run(miactl['company iam list users'](companyId))).find(
        (row: { userId: string }) => row.userId === userId,
      )
    const { email } = await user()
    await run(miactl['company iam add group-member'](companyId, groupId, email))
    await run(miactl['company iam remove user --no-include-groups'](companyId, userId))
    expect(await user()).toMatchObject({ companyRoles: [], groups: [{ _id: groupId }] })
    await run(miactl['company iam remove user'](companyId, userId))
    expect(await user()).toBeUndefined()
  })

  test('adds, lists, edits and removes users and groups, and members of groups', async () => {
    const { companyId, projectId, envId } = tree
    const email = `${uniqueWord('eve').replace(' ', '.')}@people.example`
    await run(miactl['company iam add user'](companyId, email, 'guest'))
    const user = async () =>
      (await run(miactl['company iam list users'](companyId))).find(
        (row: { email: string }) => row.email === email,
      )
    const { userId } = await user()
    expect(await user()).toMatchObject({ companyRoles: ['guest'], lastLogin: '', groups: [] })
    await run(miactl['company iam edit user'](companyId, userId, 'developer'))
    const name = uniqueWord('group')
    await run(miactl['company iam add group'](companyId, name, 'guest'))
    const group = async () =>
      (await run(miactl['company iam list groups'](companyId))).find(
        (row: { name: string }) => row.name === name,
      )
    const { _id: groupId } = await group()
    await run(miactl['company iam edit group'](companyId, groupId, 'reporter'))
    await run(miactl['company iam add group-member'](companyId, groupId, email))
    expect(await group()).toMatchObject({
      role: 'reporter',
      members: [{ name: expect.any(String) }],
    })
    expect(await user()).toMatchObject({ companyRoles: ['developer'], groups: [{ name }] })
    const environment = { envId, role: 'maintainer' }
    await run(miactl['project iam edit user'](companyId, userId, { projectId, role: 'maintainer' }))
    await run(
      miactl['project iam edit group'](companyId, groupId, { projectId, role: '', environment }),
    )
    const rows = await run(miactl['project iam list'](companyId, projectId))
    const rolesOn = (id: string) =>
      rows.find(({ identityId }: { identityId: string }) => identityId === id).projects[0]
    expect(rolesOn(userId)).toMatchObject({ _id: projectId, roles: ['maintainer'] })
    expect(rolesOn(groupId).environments).toMatchObject([{ envId, roles: ['maintainer'] }])
    for (const type of ['user', 'group', 'serviceaccount', undefined]) {
      const some = await run(miactl['company iam list'](companyId, type))
      const types = new Set(some.map((row: { identityType: string }) => row.identityType))
      expect([type, types.has(type ?? 'user')]).toEqual([type, true])
      if (type !== undefined) expect(types.size).toBe(1)
    }
    await run(miactl['company iam remove group-member'](companyId, groupId, userId))
    expect(await group()).toMatchObject({ members: [] })
    await run(miactl['company iam remove group'](companyId, groupId))
    await run(miactl['company iam remove user'](companyId, userId))
    expect([await user(), await group()]).toEqual([undefined, undefined])
  })

  test('prints why a request failed', async () => {
    const reporter = await added('reporter')
    const as = bodyOf(await tokenBySecret(server, reporter), 200).access_token
    const command = miactl['company iam add serviceaccount basic'](tree.companyId, 'x', 'guest')
    const { status, body } = await send(server, as, command)
    expect(status).toBe(403)
    expect(unread(body, { statusCode: 'whole number', message: 'text' })).toEqual([])
    expect(body.message).toContain('console.company.users.manage')
  })
})
