import { expect, test } from '@jest/globals'
import { describeWith, program, useWorld } from './printed.ts'

describeWith(['go', 'bash'], 'the recipe for Go, as it is printed', () => {
  const world = useWorld(async ({ write, paste }) => {
    await write('main.go', program('## Go', 'go'))
    await paste(program('## Go', 'sh'))
  })

  test('x/oauth2 fetches a token, and go-oidc accepts it', async () => {
    const { run, bySecret } = world()
    expect(await run('go', ['run', '.'])).toBe(`${bySecret.clientId} [console.root.view]`)
  })
})
