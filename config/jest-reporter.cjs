const { spawnSync } = require('node:child_process')
const { resolve } = require('node:path')

/** What git does not know in the checkout; nothing where there is no git. */
function unknownFiles() {
  const args = ['ls-files', '--others', '--exclude-standard']
  const { status, stdout } = spawnSync('git', args, {
    cwd: resolve(__dirname, '..'),
    encoding: 'utf8',
  })
  return status === 0 ? stdout.split('\n').filter((line) => line !== '') : []
}

// Says at the end what ran, and what did not: a skipped half must not look like a passed one.
module.exports = class ClosingLines {
  before = new Set()
  left = []

  onRunStart() {
    this.before = new Set(unknownFiles())
  }

  onRunComplete(
    _contexts,
    { numPassedTests, numFailedTests, numPendingTests, numFailedTestSuites },
  ) {
    const hasMongo = Boolean(process.env.OSTIARY_TEST_MONGODB_URI)
    this.left = unknownFiles().filter((file) => !this.before.has(file))
    const lines = this.left.map((file) => `The tests left this in the checkout: ${file}`)
    if (!hasMongo) {
      lines.push(
        '',
        'The tests against MongoDB were skipped. They run on any MongoDB of one host, for example',
        '  docker run --rm --detach --publish 127.0.0.1:27017:27017 mongo:8',
        '  OSTIARY_TEST_MONGODB_URI=mongodb://127.0.0.1:27017/ npm test',
        'in databases of their own names (ostiary_test_…), which they drop.',
      )
    }
    const failed = numFailedTests + (numFailedTests === 0 ? numFailedTestSuites : 0)
    lines.push('', `${numPassedTests} passed, ${failed} failed, ${numPendingTests} skipped`)
    // Last of all: jest's own summary comes after the reporters.
    process.once('exit', () => process.stderr.write(`${lines.join('\n')}\n`))
  }

  getLastError() {
    const isRequired = process.env.OSTIARY_TEST_MONGODB_REQUIRED === 'true'
    if (isRequired && !process.env.OSTIARY_TEST_MONGODB_URI) {
      return new Error('OSTIARY_TEST_MONGODB_REQUIRED is set, but no OSTIARY_TEST_MONGODB_URI')
    }
    if (this.left.length > 0) {
      return new Error('the tests left files in the checkout')
    }
    return undefined
  }
}
