import { randomBytes } from 'node:crypto'
import { compileCache } from '../test/support/compile-cache.ts'

// Threads and workers that the tests start find what Node made of the sources before.
// biome-ignore lint/style/noProcessEnv: what they start inherits it
Object.assign(process.env, compileCache)

// Its databases are known by it: they go when it ends.
// biome-ignore lint/style/noProcessEnv: workers inherit it
process.env.OSTIARY_TEST_RUN ??= randomBytes(3).toString('hex')

// Tests run on native ES modules; types are stripped by Node, as in production.
export default {
  rootDir: '..',
  testEnvironment: 'node',
  testRunner: '<rootDir>/config/jest-native.cjs',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  globalTeardown: '<rootDir>/config/jest-teardown.js',
  transform: {},
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  // It ends a test that hangs, and says nothing about speed: the machine may have other work.
  testTimeout: 300_000,
  // Suites wait more than they work: for servers, processes and stores.
  maxWorkers: 6,
  reporters: ['default', '<rootDir>/config/jest-reporter.cjs'],
}
