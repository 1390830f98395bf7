import { expect, test } from '@jest/globals'
import { decodeProtectedHeader } from 'jose'
import { accountsPath } from '../../support/accounts.ts'
import { eventually } from '../../support/eventually.ts'
import type { TestServer } from '../../support/server.ts'
import { onEachStore } from '../../support/stores.ts'
import { commands, newPlace, withOwn } from './place.ts'

const [verify = '', keepKeys = '', keepCheckpoint = ''] = commands('## Audit')
const [chain = '', byAddress = '', byFiles = ''] = verify.split('\n')
const [rotate = ''] = commands('### A stolen key').map((block) => block.split('\n')[0] ?? '')
const publicUrl = 'https://auth.example'

/** Writes so much that a checkpoint is due, and waits for one by the key that signs now. */
async function untilCheckpoint(server: TestServer): Promise<void> {
  const path = `${accountsPath}/${server.admin.clientId}`
  for (const round of Array(101).keys()) {
    const { status } = await server.manage('PATCH', path, { description: `round ${round}` })
    expect(status).toBe(200)
  }
  const newest = async () => {
    const query = new URLSearchParams({ target: '(audit log)', per_page: '1' })
    const { body } = await server.manage('GET', `/api/audit?${query}`)
    return body[0] ? decodeProtectedHeader(body[0].after.jws).kid : undefined
  }
  const current = decodeProtectedHeader(await server.adminToken()).kid
  expect(await eventually(newest, (kid) => kid === current)).toBe(current)
}

onEachStore('the proof of the audit log, as the page prints it,', (store) => {
  test('holds over a rotation by the sets of keys and the checkpoint that were kept', async () => {
    const place = await newPlace(store)
    const server = await place.start()
    const own = { [publicUrl]: server.url }
    await untilCheckpoint(server)
    await place.type(withOwn(keepKeys, own))
    await place.type(keepCheckpoint)
    const kid = decodeProtectedHeader(await server.adminToken()).kid
    await place.type(rotate)
    const now = async () => decodeProtectedHeader(await server.adminToken()).kid
    expect(await eventually(now, (next) => next !== kid)).not.toBe(kid)
    await untilCheckpoint(server)
    await place.type(withOwn(keepKeys, { ...own, '2030-01': '2030-04' }))

    expect(await place.type(chain)).toContain('sound')
    expect(await place.type(withOwn(byAddress, own))).toContain('proven')
    expect(await place.type(byFiles)).toContain('proven')
    // The first set alone does not know the key of the last checkpoint.
    const tooOld = withOwn(byFiles, { ' --jwks jwks-2030-04.json': '' })
    await expect(place.type(tooOld)).rejects.toMatchObject({ code: 1 })
  })
})
