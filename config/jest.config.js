import { compileCache } from '../test/support/compile-cache.ts'

// Threads and workers that the tests start find what Node made of the sources before.
// biome-ignore lint/style/noProcessEnv: what they start inherits it
Object.assign(process.env, compileCache)

// Tests run on native ES modules; TypeScript is handled by Node's own type stripping, as in production.
export default {
  rootDir: '..',
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': '<rootDir>/config/jest-strip-types.cjs' },
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  // It ends a test that hangs, and says nothing about speed: the machine may have other work.
  testTimeout: 300_000,
  maxWorkers: 2,
  reporters: ['default', '<rootDir>/config/jest-reporter.cjs'],
}
