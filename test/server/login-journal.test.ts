import { expect, test } from '@jest/globals'
import type { NewEvent } from '../../src/domain/audit/event.ts'
import { newPepperKey, pepperOf } from '../../src/domain/secret.ts'
import { type Asked, refused } from '../../src/oauth/attempt.ts'
import { Throttle } from '../../src/oauth/throttle.ts'
import { LastUses } from '../../src/server/last-uses.ts'
import { noteOutcome } from '../../src/server/login-journal.ts'
import { Outage } from '../../src/server/outage.ts'
import { RefusedLogins } from '../../src/server/refused-logins.ts'
import { Renewals } from '../../src/server/renewals.ts'
import { openLogger } from '../../src/telemetry/logger.ts'

const now = () => 1_000_000
const address = '192.0.2.1'

const asked: Asked = {
  origin: { path: '/token', requestId: 'request-1', address, startedAt: 0 },
  presented: { method: 'client_secret_basic', clientId: 'guessed', secret: 'wrong' },
  audience: undefined,
  place: undefined,
  token: undefined,
}

function sinks() {
  const throttle = new Throttle(1, now)
  const refusedLogins = new RefusedLogins(now)
  const log = openLogger({ level: 'error', format: 'json' })
  const renewals = new Renewals([pepperOf(newPepperKey())])
  const outage = new Outage(log, now)
  return { log, refusedLogins, lastUses: new LastUses(now), throttle, renewals, outage }
}

test('a login that was throttled is counted in the audit log, and does not wait for longer', async () => {
  const into = sinks()
  const events: NewEvent[] = []
  into.throttle.refused('guessed', address)
  const why = { reason: 'throttled', detail: 'wait', account: undefined } as const
  const error = 'temporarily_unavailable'
  const ending = { is: 'refused', status: 429, error, detail: undefined } as const
  const outcome = { attempt: refused(asked, why), ending, durationMs: 1 }
  for (let n = 0; n < 20; n += 1) noteOutcome(outcome, into)
  await into.refusedLogins.write({ append: async (event) => void events.push(event) })
  expect(events).toMatchObject([
    { action: 'login.refused', after: { reason: 'throttled', count: 20 } },
  ])
  expect(into.throttle.waitSeconds('guessed', address)).toBe(1)
})

test('a login that lost its standing while it waited is no guess: the next one need not wait', () => {
  for (const reason of ['deleted_meanwhile', 'credential_gone_meanwhile'] as const) {
    const into = sinks()
    const why = { reason, detail: '', account: undefined }
    const ending = { is: 'refused', status: 401, error: 'invalid_client', detail: '' } as const
    noteOutcome({ attempt: refused(asked, why), ending, durationMs: 1 }, into)
    expect(into.throttle.waitSeconds('guessed', address)).toBe(0)
  }
})
