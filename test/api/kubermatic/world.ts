import { openTestIssuer, type TestIssuer } from '../../support/issuer.ts'
import { startTestServer, type TestServer, type TestServerOptions } from '../../support/server.ts'
import type { Caller } from '../mia/accounts.ts'
import { bodyOf } from '../mia/companies.ts'
import { holderOf } from '../mia/persons.ts'

/** Where this dialect begins. */
export const projectsPath = '/api/v1/projects'

/** A server that trusts an issuer of people. */
export interface PeopleServer {
  readonly server: TestServer
  readonly issuer: TestIssuer
  /** A token of a person whose address is `<name>@people.example`. */
  readonly tokenOf: (name: string) => string
  /** How a person calls. */
  readonly as: (name: string) => Caller
  readonly close: () => Promise<void>
}

/** The mail address of a person. */
export const mailOf = (name: string) => `${name}@people.example`

export async function startPeopleServer(options: TestServerOptions = {}): Promise<PeopleServer> {
  const issuer = await openTestIssuer()
  const trusted = { name: 'people', issuer: issuer.url, audience: 'ostiary', allowInsecure: true }
  const env = { OSTIARY_PEOPLE_ISSUERS: JSON.stringify([trusted]), ...options.env }
  const server = await startTestServer({ ...options, env })
  const tokenOf = (name: string) => {
    const iat = Math.floor((Date.now() + server.clock.offset) / 1000)
    const who = { sub: name, name, email: mailOf(name), email_verified: true }
    return issuer.token({ ...who, iat, exp: iat + 300 })
  }
  return {
    server,
    issuer,
    tokenOf,
    as: (name) => (method, path, body, headers) =>
      holderOf(server, tokenOf(name))(method, path, body, headers),
    close: async () => {
      await server.close()
      await issuer.close()
    },
  }
}

/** A project that a person made; answers its path. */
export async function projectOf(caller: Caller, given: object = {}): Promise<string> {
  const { id } = bodyOf(await caller('POST', projectsPath, { name: 'Plan 9', ...given }), 201)
  return `${projectsPath}/${id}`
}

/** Adds a person to a project in a group; answers the person. */
export async function addTo(path: string, owner: Caller, [name, group]: readonly [string, string]) {
  const id = path.slice(path.lastIndexOf('/') + 1)
  const body = { email: mailOf(name), projects: [{ id, group }] }
  return bodyOf(await owner('POST', `${path}/users`, body), 201)
}
