import { inspect } from 'node:util'
import { describe, expect, test } from '@jest/globals'
import { openMongo } from '../../src/storage/mongo/open.ts'
import { credentialsAdvice, databaseIn } from '../../src/storage/mongo/uri.ts'
import { openStore } from '../../src/storage/open.ts'
import { describeMongo } from './mongo-database.ts'

async function refusal(uri: string): Promise<string> {
  const failure: unknown = await openMongo(uri, { timeoutMs: 500 }).catch((error) => error)
  return inspect(failure, { depth: 20, showHidden: true })
}

describe('a MongoDB URI', () => {
  test.each([
    ['retryWritess=true', '"retryWritess"'],
    ['tls=maybe', '"tls"'],
    ['w=majority&compressors=foo&appName=x', '"compressors"'],
    ['foo=1&maxPoolSize=x', '"foo", "maxPoolSize"'],
    ['replicaSet=', '"replicaSet"'],
  ])('names the options of ?%s that the driver does not take', async (query, named) => {
    const said = await refusal(`mongodb://user:hunter2@host/x?${query}`)
    expect(said).toMatch(/storage\.uri \(OSTIARY_STORAGE_URI\): the options? /)
    expect(said).toContain(`${named}: expected`)
    expect(said).not.toContain('hunter2')
  })

  test('that needs a single host names the option that says so', async () => {
    expect(await refusal('mongodb://a,b/x?directConnection=true')).toContain('"directConnection"')
  })

  test('never shows the value of an option: it may be a password', async () => {
    const said = await refusal('mongodb://host/x?tlsCertificateKeyFilePasword=hunter2')
    expect(said).toContain('"tlsCertificateKeyFilePasword"')
    expect(said).not.toContain('hunter2')
  })

  test.each(['a.b', 'a%20b', 'a$b', 'a%2Fb', 'a%22b', 'x'.repeat(64), 'admin', 'Local'])(
    'that names the database %s is refused at once, with what is expected',
    async (path) => {
      expect(await refusal(`mongodb://127.0.0.1:9/${path}`)).toMatch(
        /storage\.uri \(OSTIARY_STORAGE_URI\): .*(is no name of a database; expected|MongoDB's own)/,
      )
    },
  )

  test('without a database means ostiary', () => {
    const uris = ['mongodb://h', 'mongodb://h/', 'mongodb://h/?w=1', 'mongodb+srv://u:p@h/orders']
    expect(uris.map(databaseIn)).toEqual(['ostiary', 'ostiary', 'ostiary', 'orders'])
    expect(databaseIn('mongodb://u:p%40@a:1,b:2,[::1]:3/%C3%A4?w=1')).toBe('ä')
  })

  test('whose user is looked for in its own database is advised of authSource', () => {
    expect(credentialsAdvice('mongodb://u:p@h/orders')).toContain('?authSource=admin')
    for (const uri of ['mongodb://h/x', 'mongodb://u:p@h/', 'mongodb://u:p@h/x?authSource=admin']) {
      expect(credentialsAdvice(uri)).toBe('')
    }
  })
})

describeMongo('a MongoDB URI that a server answers to', () => {
  const server = new URL(process.env['OSTIARY_TEST_MONGODB_URI'] ?? 'mongodb://127.0.0.1/')
  const opening = (path: string) =>
    openStore(
      { uri: `mongodb://${path}`, timeoutSeconds: 1, startTimeoutSeconds: 60 },
      () => undefined,
    )

  test('with a replica set that none of its hosts is in ends the start, and is not waited for', async () => {
    await expect(opening(`${server.host}/x?replicaSet=another`)).rejects.toThrow(/replicaSet/)
  })

  test('with credentials of another database ends the start, and names authSource', async () => {
    await expect(opening(`user:wrong@${server.host}/x`)).rejects.toThrow(
      /refused the credentials; .*authSource/,
    )
  })
})
