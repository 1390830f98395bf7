import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { html } from '../../../src/server/pages/html.ts'
import { referencePage } from '../../../src/server/pages/reference.ts'
import { startTestServer, type TestServer } from '../../support/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

const browser = { headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' } }
const docs = async () => await server.call('/docs', browser)

const empty = new Set(['meta', 'link', 'br'])

/** Tags that are not closed in the order that they were opened in. */
function misplaced(page: string): readonly string[] {
  const open: string[] = []
  const wrong: string[] = []
  for (const [, slash, name = ''] of page.matchAll(/<(\/?)([a-z][a-z0-9]*)[^>]*>/g)) {
    if (slash === '' && !empty.has(name)) open.push(name)
    if (slash === '/' && open.pop() !== name) wrong.push(name)
  }
  return [...wrong, ...open]
}

/** The sources that a policy names for one kind of content. */
function sourcesOf(headers: Headers, kind: string): readonly string[] {
  const policy = headers.get('content-security-policy') ?? ''
  const [, ...sources] =
    policy
      .split('; ')
      .map((part) => part.split(' '))
      .find(([name]) => name === kind) ?? []
  return sources
}

describe.each(['/docs', '/docs/', '/'])('the page at %s', (path) => {
  test('is well-formed HTML, and has no script, style attribute or content from elsewhere', async () => {
    const { status, headers, text } = await server.call(path, browser)
    expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
    expect(text).toMatch(/^<!doctype html>\n<html lang="en">/)
    expect(misplaced(text)).toEqual([])
    expect(text).not.toMatch(/<script|<img|<iframe|<form|@import|url\(| style=| on[a-z]+="/i)
    const ids = [...text.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id)
    expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([])
  })

  test('is under a policy that lets nothing in but its own style, by its digest', async () => {
    const { headers, text } = await server.call(path, browser)
    const [, style = ''] = /<style>([\s\S]*?)<\/style>/.exec(text) ?? []
    const digest = createHash('sha256').update(style).digest('base64')
    expect(sourcesOf(headers, 'style-src')).toEqual([`'sha256-${digest}'`])
    for (const kind of ['default-src', 'base-uri', 'form-action', 'frame-ancestors']) {
      expect([kind, sourcesOf(headers, kind)]).toEqual([kind, ["'none'"]])
    }
    expect(headers.get('content-security-policy')).not.toContain('unsafe')
  })

  test('is known again by its ETag', async () => {
    const { headers } = await server.call(path, browser)
    const tagged = { ...browser.headers, 'if-none-match': headers.get('etag') ?? '' }
    const known = await server.call(path, { headers: tagged })
    expect([known.status, known.text]).toEqual([304, ''])
  })
})

describe('the page of the API', () => {
  test('has every operation of the description, each below a heading that the contents name', async () => {
    const { text } = await docs()
    const { body } = await server.call('/api/openapi.json')
    const described: readonly [string, Record<string, { operationId: string }>][] = Object.entries(
      body.paths,
    )
    const ids = described.flatMap(([, methods]) =>
      Object.values(methods).map(({ operationId }) => operationId),
    )
    expect(ids.length).toBeGreaterThan(50)
    const shown = [...text.matchAll(/<details class="operation" id="([^"]*)">/g)].map(
      ([, id]) => id,
    )
    expect(shown.toSorted()).toEqual(ids.toSorted())
    const anchors = [...text.matchAll(/<h2 id="([^"]*)">/g)].map(([, id]) => id)
    const links = [...text.matchAll(/<a href="#([^"]*)">/g)].map(([, id]) => id)
    expect(links).toEqual(anchors)
  })

  test('calls the projects of Kubermatic what they are, and nothing by a number of a version', async () => {
    const { text } = await docs()
    const headings = [...text.matchAll(/<h2 id="[^"]*">([^<]*)/g)].map(([, heading]) => heading)
    expect(headings).toContain('Projects of Kubermatic')
    expect(headings.filter((heading) => /^v\d/i.test(heading ?? ''))).toEqual([])
  })

  test('says in whole sentences, once, what an operation takes to let somebody in', async () => {
    const { text } = await docs()
    expect(text).not.toContain('Takes ;')
    expect(text).not.toContain('Logs in by HTTP Basic')
    const [, register = ''] = /id="registerClient">(.*?)<h3/s.exec(text) ?? []
    expect(register).toContain(
      'Open to everybody; a client key (<code>Client-key</code>) may come beside.',
    )
  })

  test('has its contents closed on a phone, and always in sight where there is room', async () => {
    const { text } = await docs()
    expect(text).toContain('<nav aria-label="Contents"><details><summary>')
    expect(text).toContain('</summary></details><ul>')
    const [, narrow] = /@media screen and \(max-width:61\.99rem\)\{(.*)\}\n/.exec(text) ?? []
    expect(narrow).toBe('nav>details:not([open])+ul{display:none}')
    const [, roomy] = /@media \(min-width:62rem\)\{([^}]*\})/.exec(text) ?? []
    expect(roomy).toBe('nav>details{display:none}')
  })

  test('shows parameters, members of bodies and of answers, and what each error means', async () => {
    const { text } = await docs()
    const [, shown = ''] = /id="updateCompanyAccount">([\s\S]*?)<\/details>/.exec(text) ?? []
    for (const name of ['companyId', 'If-Match', 'projectsRole[].environmentsRole[].role']) {
      expect(shown).toContain(`<code>${name}</code>`)
    }
    expect(shown).toMatch(/<strong>404<\/strong> <code>account\.not_found<\/code>: /)
    expect(shown).toMatch(/<h3>200 OK<\/h3>/)
  })

  test('is in the description itself', async () => {
    const { body } = await server.call('/api/openapi.json')
    expect(body.paths['/docs'].get.responses['200'].content).toHaveProperty(['text/html'])
  })

  test('shows names as they are, whatever HTML they hold', () => {
    const hostile = '"><script>alert(1)</script>\'&'
    const member = { type: 'string', description: hostile, enum: [hostile] }
    const schema = { type: 'object', properties: { [hostile]: member } }
    const content = { [hostile]: { schema } }
    const operation = {
      operationId: hostile,
      summary: hostile,
      description: `\`${hostile}\``,
      security: [{ [hostile]: [] }],
      parameters: [{ name: hostile, in: hostile, description: hostile, schema: member }],
      requestBody: { description: hostile, content },
      responses: {
        [hostile]: { description: hostile, headers: { [hostile]: {} }, content },
        400: { description: `* \`${hostile}\`: ${hostile}` },
      },
    }
    const document = {
      info: { title: hostile, summary: hostile, version: hostile },
      paths: { [`/${hostile}`]: { [hostile]: operation } },
      components: { schemas: { Error: schema } },
    }
    const page = referencePage(document, 'http://issuer.example', 1).body.toString()
    expect(page).not.toContain('<script')
    expect(page).not.toMatch(/"">/)
    expect(page.match(/&quot;&gt;&lt;script&gt;alert\(1\)/g)?.length).toBeGreaterThan(15)
    expect(misplaced(page)).toEqual([])
  })
})

describe('the root of the server', () => {
  test('shows a browser the version, the health and where to read on', async () => {
    const { text, headers } = await server.call('/', browser)
    expect([headers.get('vary'), headers.get('cache-control')]).toEqual(['Accept', 'no-cache'])
    expect(text).toMatch(/>ready<\/span>/)
    const links = [...text.matchAll(/<a href="([^"]*)">/g)].map(([, link = '']) => link)
    expect(links).toContain('/docs')
    for (const link of links) expect((await server.call(link)).status).toBe(200)
  })

  test.each([
    undefined,
    '*/*',
    'application/json',
    'text/*',
    'application/xhtml+xml',
    'nottext/html',
    'text/html;q=0',
    'text/html; q=0.0, */*',
  ])(
    'answers who accepts %s in the words of the API, as at any path without a route',
    async (accept) => {
      const { status, body } = await server.call('/', { headers: accept ? { accept } : {} })
      expect([status, body.code]).toEqual([404, 'route.not_found'])
    },
  )

  test('takes nothing from a browser by another method', async () => {
    const { status, body } = await server.call('/', { ...browser, method: 'POST' })
    expect([status, body.code]).toEqual([404, 'route.not_found'])
  })
})

describe('a piece of a page', () => {
  test('is text, unless it is a piece itself', () => {
    const piece = html`<b title="${'"'}">${'<i>'}${html`<u>${[1, html`&amp;`, undefined]}</u>`}</b>`
    expect(piece.html).toBe('<b title="&quot;">&lt;i&gt;<u>1&amp;</u></b>')
  })
})
