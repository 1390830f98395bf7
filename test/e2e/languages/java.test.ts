import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { describeWith, printed, program, useWorld, type World } from './printed.ts'

const generations = ['six', 'seven'] as const

/** Programs that run for a second are not worth the better of the two compilers. */
const jvm = { JAVA_TOOL_OPTIONS: '-XX:TieredStopAtLevel=1 -XX:+UseSerialGC' }

const project = (artifact: string, content: string) => `
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>example</groupId><artifactId>${artifact}</artifactId><version>1</version>
  <packaging>pom</packaging>
  ${content}
</project>`

/** One run of Maven for both generations: starting it takes longer than what it does. */
async function fetchLibraries({ dir, write, run }: World): Promise<void> {
  const dependencies = printed('## Java', 'xml')
  const modules = generations.map((name) => `<module>${name}</module>`).join('')
  await write('pom.xml', project('all', `<modules>${modules}</modules>`))
  for (const [index, name] of generations.entries()) {
    await mkdir(join(dir, name))
    const content = `<dependencies>${dependencies[index] ?? ''}</dependencies>`
    await write(`${name}/pom.xml`, project(name, content))
  }
  await run('mvn', ['-q', '-B', 'dependency:copy-dependencies', '-DoutputDirectory=lib'], jvm)
}

describeWith(['mvn', 'java', 'javac'], 'the recipes for Java, as they are printed', () => {
  const world = useWorld(fetchLibraries)

  /** Compiles a program, and runs it by secret and by key. */
  async function bothWays(name: string, heading: string, generation: string): Promise<string[]> {
    const { write, run, dir, secretEnv, keyEnv } = world()
    const file = await write(`${generation}/${name}.java`, program(heading, 'java'))
    const libraries = join(dir, generation, 'lib/*')
    await run('javac', ['-nowarn', '-cp', libraries, '-d', join(dir, generation), file], jvm)
    const args = ['-cp', `${libraries}:${join(dir, generation)}`, name]
    const runs = (env: object) => run('java', args, { ...env, ...jvm })
    return [await runs(secretEnv), await runs(keyEnv)]
  }

  const clients = () => [world().bySecret.clientId, world().byKey.clientId]

  test('Nimbus fetches tokens by secret and by key, and accepts them', async () => {
    expect(await bothWays('Nimbus', '### Nimbus: both sides', 'six')).toEqual(clients())
  })

  test.each(generations)(
    'Spring Security (generation %s) fetches tokens by secret and by key, and accepts them',
    async (generation) => {
      const heading = '### Spring Security 6 and 7: both sides'
      expect(await bothWays('SpringSecurity', heading, generation)).toEqual(clients())
    },
  )
})
