// Says at the end what ran, and what did not: a skipped half must not look like a passed one.
module.exports = class ClosingLines {
  onRunComplete(
    _contexts,
    { numPassedTests, numFailedTests, numPendingTests, numFailedTestSuites },
  ) {
    const hasMongo = Boolean(process.env.OSTIARY_TEST_MONGODB_URI)
    const lines = []
    if (!hasMongo) {
      lines.push(
        '',
        'The MongoDB half of the suite was skipped. To run it: docker compose up -d mongo (or any',
        'MongoDB), then OSTIARY_TEST_MONGODB_URI=mongodb://… npm test',
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
    return undefined
  }
}
