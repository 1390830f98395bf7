import { expect, test } from '@jest/globals'
import { healthReport } from '../../src/telemetry/health.ts'

const well = {
  isStarted: true,
  isDraining: false,
  hasKey: true,
  isClockGood: true,
  takesWrites: true,
  storeSilenceMs: 0,
  maxStalenessMs: 60_000,
}

test.each([
  ['all is well', {}, 'ready', { store: 'ok', keys: 'ok', process: 'ok' }],
  ['the store was heard of 2 s ago', { storeSilenceMs: 2000 }, 'ready', { store: 'ok' }],
  ['the store is silent', { storeSilenceMs: 2001 }, 'degraded', { store: 'stale' }],
  ['the store is silent to the bound', { storeSilenceMs: 60_000 }, 'degraded', { store: 'stale' }],
  [
    'the store is silent beyond the bound',
    { storeSilenceMs: 60_001 },
    'unavailable',
    { store: 'unavailable' },
  ],
  [
    'the bound is shorter than a silence that counts',
    { storeSilenceMs: 2500, maxStalenessMs: 1000 },
    'unavailable',
    { store: 'unavailable' },
  ],
  ['the store takes no changes', { takesWrites: false }, 'degraded', { store: 'read-only' }],
  ['the clock differs from others', { isClockGood: false }, 'degraded', { clock: 'differs' }],
  ['there is no key', { hasKey: false }, 'unavailable', { keys: 'unavailable', store: 'ok' }],
  ['it stops', { isDraining: true }, 'unavailable', { process: 'unavailable', store: 'ok' }],
  [
    'it has not started',
    { isStarted: false, hasKey: false, storeSilenceMs: Number.POSITIVE_INFINITY },
    'unavailable',
    { store: 'unavailable', keys: 'unavailable', process: 'unavailable' },
  ],
] as const)('when %s', (_, given, status, checks) => {
  expect(healthReport({ ...well, ...given })).toMatchObject({ status, checks })
})
