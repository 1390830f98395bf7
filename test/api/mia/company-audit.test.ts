import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { eventually } from '../../support/eventually.ts'
import { basic, startTestServer, type TestServer } from '../../support/server.ts'
import { onEachStore } from '../../support/stores.ts'
import { type Caller, callerWith, view } from './accounts.ts'
import {
  bodyOf,
  companyAccount,
  member,
  memberCaller,
  newTree,
  type Tree,
  uniqueWord,
} from './companies.ts'

interface Row {
  readonly id: string
  readonly date: string
  readonly author: string
  readonly identityType: string
  readonly operation: string
  readonly action: string
  readonly resourceType: string
  readonly resourceId: string
  readonly target: string
  readonly scope: string
  readonly before?: object
  readonly after?: object
}

onEachStore('the audit log of a company', (store) => {
  let server: TestServer
  let tree: Tree
  let other: Tree
  let owner: Caller
  let path: string

  beforeAll(async () => {
    server = await startTestServer({ store })
    tree = await newTree(server)
    other = await newTree(server)
    owner = await memberCaller(server, tree, { name: 'the owner', role: 'company-owner' })
    path = `${tree.path}/audit-logs`
  })
  afterAll(async () => await server.close())

  const rows = async (query = ''): Promise<readonly Row[]> =>
    bodyOf(await owner('GET', `${path}${query}`), 200)
  const actionsOf = (some: readonly Row[]) => some.map(({ action }) => action)

  test('tells, newest first, who did what to which, and how it was before', async () => {
    const made = bodyOf(await owner('POST', `${tree.path}/projects`, { name: 'Ledger' }), 201)
    await owner('PATCH', `/api/projects/${made.projectId}`, { description: 'of money' })
    await owner('DELETE', `/api/projects/${made.projectId}`)
    const [deleted, edited, created] = await rows()
    const all = {
      identityType: 'serviceaccount',
      authorName: 'the owner',
      resourceType: 'project',
      resourceId: made.projectId,
      target: 'Ledger',
      scope: `company:${tree.companyId}`,
      date: expect.stringMatching(/^\d{4}-.*Z$/),
      requestId: expect.any(String),
    }
    expect(deleted).toMatchObject({ ...all, operation: 'Deletion', action: 'project.delete' })
    expect(edited).toMatchObject({
      ...all,
      operation: 'Edit',
      before: { description: '' },
      after: { description: 'of money' },
    })
    expect(created).toMatchObject({ ...all, operation: 'Creation', after: { name: 'Ledger' } })
  })

  test('is found under both words for a company', async () => {
    const tenants = await owner('GET', `/api/tenants/${tree.companyId}/audit-logs`)
    expect(tenants.body).toEqual(await rows())
  })

  test('is for owners, and for whoever sees everything at the root', async () => {
    const viewer = await callerWith(server, [view])
    expect((await viewer('GET', path)).body).toEqual(await rows())
    const administrator = await memberCaller(server, tree, { role: 'project-admin' })
    expect((await administrator('GET', path)).status).toBe(403)
  })

  test('is not told from nothing by the owner of another company', async () => {
    const stranger = await memberCaller(server, other, { role: 'company-owner' })
    const [foreign, absent] = [
      await stranger('GET', path),
      await stranger('GET', '/api/companies/comp_none/audit-logs'),
    ]
    expect([foreign.status, foreign.text]).toEqual([404, absent.text])
  })

  test('says platform for accounts of the root and for the server, and nothing else of them', async () => {
    const { projectId } = bodyOf(
      await server.manage('POST', `${tree.path}/projects`, { name: 'Doomed' }),
      201,
    )
    await server.manage('POST', `/api/projects/${projectId}/environments`, { name: 'Test' })
    await server.manage('DELETE', `/api/projects/${projectId}`)
    const purged = await eventually(
      () => rows('?action=environment.delete'),
      ({ length }) => length > 0,
    )
    expect(purged).toMatchObject([{ author: 'platform', target: 'Test' }])
    const some = await rows('?identityType=System&per_page=200')
    expect(new Set(some.map(({ author }) => author))).toEqual(new Set(['platform']))
    expect(actionsOf(some)).toContain('company.create')
    const text = JSON.stringify(await rows('?per_page=200'))
    expect(text).not.toContain(server.admin.clientId)
    expect(text).not.toContain('"root"')
    expect(await rows('?author=platform&per_page=200')).toEqual(some)
    for (const hidden of [server.admin.clientId, 'purge']) {
      expect(await rows(`?author=${hidden}`)).toEqual([])
    }
  })

  test('has nothing of another company', async () => {
    await server.manage('POST', `${other.path}/projects`, { name: 'Elsewhere' })
    const text = JSON.stringify(await rows('?per_page=200'))
    expect(text).not.toContain(other.companyId)
    expect(text).not.toContain('Elsewhere')
  })

  test('shows its owners the refused logins of its accounts', async () => {
    const account = await member(server, tree)
    const wrong = { ...account, clientSecret: 'wrong' }
    await server.call('/api/m2m/oauth/token', {
      method: 'POST',
      headers: { authorization: basic(wrong) },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    })
    server.clock.offset += 120_000
    const refused = await eventually(
      () => rows('?identityType=anonymous'),
      ({ length }) => length > 0,
    )
    expect(refused).toMatchObject([
      {
        action: 'login.refused',
        author: 'anonymous',
        resourceId: account.clientId,
        after: { reason: 'wrong_secret', count: 1 },
      },
    ])
  })

  test('has its rows in the order of their dates, those that are written late too', async () => {
    const account = await member(server, tree)
    const wrong = { ...account, clientSecret: 'wrong' }
    const before = (await rows(`?action=login.refused&per_page=200`)).length
    await server.token(wrong)
    bodyOf(await owner('PATCH', tree.path, { description: 'meanwhile' }), 200)
    const [changed] = await rows()
    server.clock.offset += 120_000
    await eventually(
      () => rows('?action=login.refused&per_page=200'),
      ({ length }) => length > before,
    )
    const dates = (await rows('?per_page=200')).map(({ date }) => date)
    expect(dates).toEqual(dates.toSorted().toReversed())
    const newer = await rows(`?after=${encodeURIComponent(changed?.id ?? '')}`)
    expect(newer).toMatchObject([{ action: 'login.refused', resourceId: account.clientId }])
    const { lastAt } = Object(newer[0]?.after)
    expect(lastAt).toBeLessThanOrEqual(Date.parse(changed?.date ?? ''))
    const since = await rows(`?from=${encodeURIComponent(newer[0]?.date ?? '')}`)
    expect(since).toEqual(newer)
  })

  describe('is narrowed', () => {
    test('by who, what, to what and when', async () => {
      const account = bodyOf(
        await owner('POST', `${tree.path}/service-accounts`, companyAccount()),
        201,
      )
      const [made] = await rows()
      const author = made?.author ?? ''
      const at = Date.parse(made?.date ?? '')
      const seconds = Math.floor(at / 1000)
      for (const query of [
        `author=${author}`,
        'identityType=serviceaccount',
        'resourceType=service_account&operation=Creation',
        'action=account.create',
        `from=${new Date(at).toISOString()}`,
        `from=${new Date(at + 7_200_000).toISOString().replace('Z', '+02:00')}`,
        `from=${new Date(at + 7_200_000).toISOString().replace('Z', '%2B02:00')}`,
        `from=${seconds}&to=${seconds + 1}`,
      ]) {
        const [first] = await rows(`?${query}`)
        expect([query, first]).toEqual([query, made])
      }
      expect(made?.resourceId).toBe(account.clientId)
      for (const query of [
        'author=nobody',
        `author=${author}&identityType=user`,
        `author=${author}&identityType=system`,
        'action=account.create&operation=Deletion',
        'resourceType=nothing',
        'to=1',
      ]) {
        expect([query, await rows(`?${query}`)]).toEqual([query, []])
      }
    })

    test('by what its rows say of the resource, the place and the request', async () => {
      const name = uniqueWord('Ärger')
      const requestId = `request-${tree.projectId}`
      const { projectId } = bodyOf(
        await owner('POST', `${tree.path}/projects`, { name }, { 'x-request-id': requestId }),
        201,
      )
      const made = bodyOf(
        await owner('POST', `/api/projects/${projectId}/environments`, { name: 'Stage' }),
        201,
      )
      const [stage, project] = await rows()
      for (const [query, expected] of [
        [{ resourceId: projectId }, [project]],
        [{ resourceId: 'nothing' }, []],
        [{ target: name }, [project]],
        [{ target: name.slice(0, -1) }, []],
        [{ target: '' }, []],
        [{ requestId }, [project]],
        [{ requestId: 'nothing' }, []],
        [{ scope: `project:${projectId}` }, [stage]],
        [{ scope: 'root' }, []],
        [{ scope: `company:${tree.companyId}`, target: name }, [project]],
        [{ q: name.slice(1, -1).toUpperCase() }, [project]],
        [{ q: projectId.slice(3).toUpperCase() }, [stage, project]],
        [{ q: 'THE OWNER', target: 'Stage', resourceId: stage?.resourceId ?? '' }, [stage]],
        [{ q: stage?.author ?? '', requestId }, [project]],
        [{ q: server.admin.clientId }, []],
        [{ q: name, operation: 'Deletion' }, []],
        [{ q: name, after: project?.id ?? '' }, []],
      ] as const) {
        const text = new URLSearchParams(query).toString()
        expect([text, await rows(`?${text}`)]).toEqual([text, expected])
        const lines = await owner('GET', `${path}?format=jsonl&${text}`)
        const read = lines.text.split('\n').filter((line) => line !== '')
        expect([text, read.map((line) => JSON.parse(line))]).toEqual([text, expected])
      }
      expect(stage?.resourceId).toContain(made.envId)
    })

    test('to a total, where all of it was looked at', async () => {
      const query = new URLSearchParams({ target: 'Stage' })
      const { headers } = await owner('GET', `${path}?${query}`)
      expect(headers.get('x-total-count')).toBe('1')
      expect(headers.get('link')).not.toContain('rel="next"')
    })

    test.each([
      'sort=name',
      'q=',
      'operation=Edited',
      'action=x',
      'identityType=robot',
      'from=never',
      'after=acc_x:1',
    ])('by nothing that is not known: %s', async (query) => {
      const answer = await owner('GET', `${path}?${query}`)
      expect([answer.status, answer.body.field]).toEqual([400, query.split('=')[0]])
    })

    test('to what is newer than an entry of its own, and by no entry of another company', async () => {
      const [newest] = await rows()
      const after = `?after=${encodeURIComponent(newest?.id ?? '')}`
      expect(await rows(after)).toEqual([])
      await owner('POST', `${tree.path}/projects`, { name: 'Newer' })
      expect(await rows(after)).toMatchObject([{ target: 'Newer' }])
      const query = new URLSearchParams({ target: other.companyId })
      const [foreign] = bodyOf(await server.manage('GET', `/api/audit?${query}`), 200)
      const refused = await owner('GET', `${path}?after=${encodeURIComponent(foreign.id)}`)
      const absent = await owner('GET', `${path}?after=nothing`)
      expect([refused.status, refused.text]).toEqual([400, absent.text])
    })
  })

  describe('comes in pages', () => {
    const nextOf = (link: string | null) => /<([^>]+)>; rel="next"/.exec(link ?? '')?.[1]

    test('that have every entry once, while new ones come', async () => {
      const all = await rows('?per_page=200')
      const seen: Row[] = []
      for (let next: string | undefined = `${path}?per_page=4`; next !== undefined; ) {
        const page = await owner('GET', next)
        seen.push(...bodyOf(page, 200))
        next = nextOf(page.headers.get('link'))
        if (seen.length < 8) await owner('PATCH', tree.path, { description: `${seen.length}` })
      }
      const known = new Set(all.map(({ id }) => id))
      expect(seen.filter(({ id }) => known.has(id))).toEqual(all)
    })

    test.each([
      ['resourceType=project', 'all that a store looks for'],
      ['q=THE%20OWNER', 'all that is searched for'],
    ])('from the oldest on, while new ones come: %s', async (query) => {
      const whole = await rows(`?per_page=200&${query}`)
      const oldest = whole.toReversed()
      expect(oldest.length).toBeGreaterThan(1)
      expect(await rows(`?per_page=200&sort=date&${query}`)).toEqual(oldest)
      expect(await rows(`?per_page=200&sort=-date&${query}`)).toEqual(whole)
      const seen: Row[] = []
      for (
        let next: string | undefined = `${path}?per_page=1&sort=date&${query}`;
        next !== undefined;
      ) {
        const page = await owner('GET', next)
        seen.push(...bodyOf(page, 200))
        if (seen.length < 3) await owner('PATCH', tree.path, { description: `${seen.length}` })
        next = nextOf(page.headers.get('link'))
      }
      expect(seen.slice(0, oldest.length)).toEqual(oldest)
      expect(await rows(`?per_page=1&page=2&sort=date&${query}`)).toEqual([oldest[1]])
      const lines = await owner('GET', `${path}?format=jsonl&sort=date&${query}`)
      expect(JSON.parse(lines.text.split('\n')[0] ?? '')).toEqual(oldest[0])
    })

    test('by number, with a total, and not beyond what is counted', async () => {
      const first = await owner('GET', `${path}?per_page=3&page=1`)
      const second = await owner('GET', `${path}?per_page=3&page=2`)
      const all = await rows('?per_page=200')
      expect([...first.body, ...second.body]).toEqual(all.slice(0, 6))
      expect(first.headers.get('x-total-count')).toBe(String(all.length))
      expect((await owner('GET', `${path}?page=1000000`)).body.field).toBe('page')
    })

    test('by no cursor that was altered, or made for another search or company', async () => {
      const link = (await owner('GET', `${path}?per_page=1`)).headers.get('link')
      const cursor = new URL(nextOf(link) ?? '', server.url).searchParams.get('cursor') ?? ''
      expect(cursor).not.toBe('')
      const query = (given: string, rest = '') => `?cursor=${encodeURIComponent(given)}${rest}`
      expect((await owner('GET', `${path}${query(cursor)}`)).status).toBe(200)
      const viewer = await callerWith(server, [view])
      for (const answer of [
        await owner('GET', `${path}${query(`x${cursor}`)}`),
        await owner('GET', `${path}${query(cursor, '&operation=Edit')}`),
        await viewer('GET', `${other.path}/audit-logs${query(cursor)}`),
      ]) {
        expect([answer.status, answer.body.field]).toEqual([400, 'cursor'])
      }
    })
  })

  describe('is taken along', () => {
    beforeAll(async () => {
      const name = '=HYPERLINK("https://evil.example")'
      bodyOf(await owner('POST', `${tree.path}/projects`, { name }), 201)
      const wide = '\uff1dSUM(1)'
      bodyOf(await owner('POST', `${tree.path}/projects`, { name: wide }), 201)
      const many = Array.from({ length: 210 }, (_, n) => `${n}`)
      await Promise.all(
        many.map((n) => owner('POST', `${tree.path}/projects`, { name: `project ${n}` })),
      )
    })

    const cursorLike = `x.${'y'.repeat(43)}`

    async function everyRow(): Promise<readonly Row[]> {
      const pages = [1, 2].map((page) => rows(`?per_page=200&page=${page}`))
      return (await Promise.all(pages)).flat()
    }

    test('as lines of JSON, all pages at once', async () => {
      const answer = await owner('GET', `${path}?format=jsonl`)
      expect(answer.headers.get('content-type')).toBe('application/x-ndjson')
      const lines = answer.text.trimEnd().split('\n')
      expect(lines.length).toBeGreaterThan(210)
      expect(lines.map((one) => JSON.parse(one))).toEqual(await everyRow())
    })

    test('as a table, in which nothing is a formula and every cell is whole', async () => {
      const answer = await owner('GET', `${path}?format=csv`)
      expect(answer.headers.get('content-type')).toMatch(/^text\/csv; charset=utf-8/)
      const [head] = answer.text.split('\r\n')
      expect(head).toMatch(/^id,date,author,authorName,identityType,operation,action,/)
      expect(answer.text).toContain(`,"'=HYPERLINK(""https://evil.example"")",`)
      expect(answer.text).not.toMatch(/(^|,)"?[=+@\uff1d]/m)
      expect(answer.text.split('\r\n')).toHaveLength((await everyRow()).length + 2)
    })

    test('in the form that Accept has, where no other is named', async () => {
      const typeOf = async (accept: string, query = '') => {
        const answer = await owner('GET', `${path}${query}`, undefined, { accept })
        return answer.headers.get('content-type')?.split(';')[0]
      }
      expect(await typeOf('text/csv')).toBe('text/csv')
      expect(await typeOf('application/x-ndjson')).toBe('application/x-ndjson')
      expect(await typeOf('text/csv; charset=utf-8')).toBe('text/csv')
      expect(await typeOf('text/csv;header=present')).toBe('text/csv')
      expect(await typeOf('application/x-ndjson; charset=utf-8')).toBe('application/x-ndjson')
      expect(await typeOf('text/csv;q=0, */*')).toBe('application/json')
      expect(await typeOf('*/*')).toBe('application/json')
      expect(await typeOf('text/csv', '?format=json')).toBe('application/json')
    })

    test.each([['page=1'], ['page=2'], ['per_page=5'], ['cursor=x.y']])(
      'at once, so that %s is refused by name and not passed over',
      async (given) => {
        const accept = 'application/x-ndjson'
        for (const { status, body } of [
          await owner('GET', `${path}?format=csv&${given.replace('x.y', cursorLike)}`),
          await owner('GET', `${path}?${given.replace('x.y', cursorLike)}`, undefined, { accept }),
        ]) {
          expect([status, body.code, body.field]).toEqual([
            400,
            'request.invalid',
            given.split('=')[0],
          ])
          expect(body.message).toContain('all pages at once')
        }
      },
    )

    test('narrowed as any list, and by nobody who may not read it', async () => {
      const deleted = await owner('GET', `${path}?format=jsonl&operation=Deletion`)
      expect(deleted.text).toContain('"Deletion"')
      expect(deleted.text).not.toContain('"Creation"')
      const administrator = await memberCaller(server, tree, { role: 'project-admin' })
      expect((await administrator('GET', `${path}?format=csv`)).status).toBe(403)
      expect((await owner('GET', `${path}?format=csv&after=none`)).body.field).toBe('after')
    })
  })
})
