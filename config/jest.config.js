import { compileCache } from '../test/support/compile-cache.ts'

// Threads and workers that the tests start find what Node made of the sources before.
// biome-ignore lint/style/noProcessEnv: what they start inherits it
Object.assign(process.env, compileCache)

// Tests run on native ES modules; types are stripped by Node, as in production.
export default {
  rootDir: '..',
  testEnvironment: 'node',
  testRunner: '<rootDir>/config/jest-native.cjs',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  transform: {},
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  // It ends a test that hangs, and says nothing about speed: the machine may have other work.
  testTimeout: 300_000,
  // Suites wait more than they work: for servers, processes and stores.
  maxWorkers: 6,
  reporters: ['default', '<rootDir>/config/jest-reporter.cjs'],
}
