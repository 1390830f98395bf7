const { registerHooks } = require('node:module')
const { resolve } = require('node:path')
const { pathToFileURL } = require('node:url')
const { default: circus } = require('jest-circus/runner')

const tests = `${pathToFileURL(resolve(__dirname, '../test'))}/`
const globalsUrl = 'jest:globals'
const names = 'afterAll afterEach beforeAll beforeEach describe expect it jest test'.split(' ')

const times = new Map()
let suite = ''

/** Always the same for a suite, so that Node keeps what it made of its modules once; another if it runs again. */
function nameOf(file) {
  const ran = times.get(file) ?? 0
  times.set(file, ran + 1)
  const name = pathToFileURL(file).href.slice(tests.length)
  return ran === 0 ? name : `${name}&again=${ran}`
}

/** Each suite has modules of the tests of its own; those of the product are kept. */
function asOfSuite(found) {
  const isOfTests = found.url.startsWith(tests) || found.url === globalsUrl
  return isOfTests ? { ...found, url: `${found.url}?suite=${suite}` } : found
}

registerHooks({
  resolve: (specifier, context, next) =>
    asOfSuite(
      specifier === '@jest/globals'
        ? { url: globalsUrl, format: 'module', shortCircuit: true }
        : next(specifier, context),
    ),
  load: (url, context, next) =>
    url.startsWith(globalsUrl)
      ? {
          source: `export const { ${names.join(', ')} } = globalThis[Symbol.for('jest globals')]`,
          format: 'module',
          shortCircuit: true,
        }
      : next(url, context),
})

/** What is `String` to a suite is so to Jest, whose own modules have a context with others. */
function shareTypes(context) {
  for (const name of Object.getOwnPropertyNames(globalThis)) {
    const isType = /^[A-Z]/.test(name) && typeof globalThis[name] === 'function'
    if (isType) context[name] = globalThis[name]
  }
}

/**
 * Runs a suite by Jest's own runner, but imports it as Node does in production: types are stripped by Node, and the
 * product stays loaded and warm from suite to suite, where a context of Jest's would compile all of it for each.
 */
module.exports = (...given) => {
  const [, config, environment, runtime, path] = given
  const { constructor: FakeTimers } = environment.fakeTimersModern
  environment.fakeTimersModern = new FakeTimers({ config, global: globalThis })
  shareTypes(environment.global)
  runtime.unstable_shouldLoadAsEsm = () => true
  runtime.unstable_importModule = async (file) => {
    suite = nameOf(file)
    globalThis[Symbol.for('jest globals')] = runtime.requireModuleOrMock(path, '@jest/globals')
    await import(pathToFileURL(file))
  }
  return circus(...given)
}
