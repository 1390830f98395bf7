import { expect, test } from '@jest/globals'
import { decoded } from '../support/expectations.ts'
import { audience, describeWith, program, useWorld } from './printed.ts'

describeWith(['python3', 'bash'], 'the recipes for Python, as they are printed', () => {
  const world = useWorld(({ paste }) => paste(program('## Python', 'sh')))

  const python = async (heading: string, env: object) => {
    const file = await world().write('program.py', program(heading, 'python'))
    return await world().run('venv/bin/python', [file], env)
  }

  test('requests-oauthlib fetches a token by secret', async () => {
    const plain = { OAUTHLIB_INSECURE_TRANSPORT: '1' }
    const env = { ...world().secretEnv, ...plain }
    const token = await python('### requests-oauthlib: a machine by secret', env)
    expect(decoded(token)).toMatchObject({ aud: audience, client_id: world().bySecret.clientId })
  })

  test('Authlib fetches a token by key', async () => {
    const token = await python('### Authlib: a machine by key', world().keyEnv)
    expect(decoded(token)).toMatchObject({ aud: audience, client_id: world().byKey.clientId })
  })

  test('PyJWT accepts a token for its audience, and no other', async () => {
    const { good, bad, secretEnv, bySecret } = world()
    const verify = (TOKEN: string) =>
      python('### PyJWT: a resource server', { ...secretEnv, TOKEN })
    expect(await verify(good)).toBe(bySecret.clientId)
    await expect(verify(bad)).rejects.toThrow('InvalidAudienceError')
  })
})
