import { generateKeyPairSync } from 'node:crypto'
import type { TestServer } from '../../support/server.ts'
import { bodyOf, companyAccount, newTree, type Tree, uniqueWord } from './companies.ts'

/** A company whose lists can be narrowed, and a role that it made for itself. */
export interface Narrowed extends Tree {
  /** The id of the role, and what it is called. */
  readonly roleId: string
  readonly role: string
}

/**
 * A company with the accounts `ci` (of the role), `waiting` (a draft, guest) and `key` (which logs in by one), the
 * groups `writers` (of the role, with `key` in it) and `idle`, and of people `open@…` (invited, reporter) and
 * `out@…` (disabled, of the role).
 */
export async function narrowedCompany(server: TestServer): Promise<Narrowed> {
  const tree = await newTree(server)
  const post = async (path: string, body: object) =>
    bodyOf(await server.manage('POST', `${tree.path}/${path}`, body), 201)
  const patch = async (path: string, body: object) =>
    bodyOf(await server.manage('PATCH', path, body), 200)
  const role = uniqueWord('own')
  const { roleId } = await post('roles', { name: role, permissions: ['console.company.view'] })
  const account = (given: object) => post('service-accounts', companyAccount(given))

  await account({ name: 'ci', role: roleId })
  const waiting = await account({ name: 'waiting', role: 'guest' })
  await patch(`${tree.path}/service-accounts/${waiting.clientId}`, { state: 'DRAFT' })
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const byKey = { tokenEndpointAuthMethod: 'private_key_jwt' }
  const key = await account({
    name: 'key',
    ...byKey,
    publicKey: publicKey.export({ format: 'jwk' }),
  })
  await post('groups', { name: 'writers', role: roleId, members: [key.clientId] })
  await post('groups', { name: 'idle' })

  await post('users', { email: 'open@people.example', role: 'reporter' })
  const { userId } = await post('users', { email: 'out@people.example', role: roleId })
  await patch(`/api/users/${userId}`, { state: 'disabled' })
  return { ...tree, roleId, role }
}
