import { symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { decoded } from '../support/expectations.ts'
import { audience, checkout, describeWith, program, useWorld } from './printed.ts'

describeWith(['curl', 'bash'], 'the recipes for curl and TypeScript, as they are printed', () => {
  const world = useWorld(async ({ dir }) => {
    await symlink(join(checkout, 'node_modules'), join(dir, 'node_modules'))
  })

  test('curl fetches a token', async () => {
    const { access_token: token } = JSON.parse(await world().paste(program('## curl', 'sh')))
    expect(decoded(token)).toMatchObject({ aud: audience, client_id: world().bySecret.clientId })
  })

  test('openid-client fetches a token', async () => {
    const text = program('### openid-client 6: a machine', 'ts')
    const file = await world().write('machine.mts', text)
    const token = await world().run(process.execPath, [file])
    expect(decoded(token)).toMatchObject({ aud: audience, client_id: world().bySecret.clientId })
  })

  test('jose accepts a token for its audience, and no other', async () => {
    const { write, run, good, bad, secretEnv, bySecret } = world()
    const file = await write('verify.mts', program('### jose 6: a resource server', 'ts'))
    const verify = (TOKEN: string) => run(process.execPath, [file], { ...secretEnv, TOKEN })
    expect(await verify(good)).toBe(bySecret.clientId)
    await expect(verify(bad)).rejects.toThrow('unexpected "aud" claim value')
  })
})
