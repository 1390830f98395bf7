import { beforeEach, describe, expect, test } from '@jest/globals'
import type { NewEvent } from '../../src/domain/audit/event.ts'
import { type Refusal, RefusedLogins } from '../../src/server/refused-logins.ts'

const minuteMs = 60_000
const clock = { at: 0 }
const events: NewEvent[] = []
const faults: Error[] = []

function failIfTold(): void {
  const fault = faults.shift()
  if (fault) throw fault
}

const store = {
  append: async (event: NewEvent) => {
    failIfTold()
    events.push(event)
  },
}

function refusal(given: Partial<Refusal> = {}): Refusal {
  return {
    clientId: 'client',
    name: 'reports',
    isKnown: true,
    owner: 'company:acme',
    why: 'wrong_secret',
    requestId: 'request-1',
    ...given,
  }
}

beforeEach(() => {
  clock.at = 1_000_000
  for (const list of [events, faults]) list.length = 0
})

const open = () => new RefusedLogins(() => clock.at)

describe('refused logins in the audit log', () => {
  test('are one entry for each client and reason: how often, first and last', async () => {
    const refused = open()
    refused.add(refusal())
    clock.at += 500
    refused.add(refusal({ requestId: 'request-2' }))
    refused.add(refusal({ why: 'expired_secret' }))
    const lastAt = clock.at
    clock.at += 40_000
    await refused.write(store)
    expect(events).toMatchObject([
      {
        action: 'login.refused',
        // The log is in the order of its dates: it has the one of the moment when it was written.
        at: clock.at,
        actor: { kind: 'anonymous' },
        target: { kind: 'service_account', id: 'client', name: 'reports' },
        requestId: 'request-1',
        scope: ['company:acme'],
        after: { reason: 'wrong_secret', count: 2, firstAt: lastAt - 500, lastAt },
      },
      { after: { reason: 'expired_secret', count: 1 } },
    ])
  })

  test('of strangers are one entry, which does not say what they sent', async () => {
    const refused = open()
    for (let n = 0; n < 50; n += 1) {
      refused.add(refusal({ clientId: `stranger ${n}`, isKnown: false, why: 'unknown_client' }))
    }
    await refused.write(store)
    expect(events).toMatchObject([{ target: { id: '(unknown)' }, after: { count: 50 } }])
    expect(events[0]).not.toHaveProperty('scope')
    expect(JSON.stringify(events)).not.toContain('stranger')
  })

  test('are written at most once a minute, but for the last time', async () => {
    const refused = open()
    refused.add(refusal())
    await refused.write(store)
    refused.add(refusal())
    clock.at += minuteMs - 1
    await refused.write(store)
    expect(events).toHaveLength(1)
    clock.at += 1
    await refused.write(store)
    expect(events).toHaveLength(2)
    refused.add(refusal())
    await refused.write(store, true)
    expect(events).toHaveLength(3)
    await refused.write(store, true)
    expect(events).toHaveLength(3)
  })

  test('are of a thousand clients at most between two writings, and of others as one', async () => {
    const refused = open()
    for (let n = 0; n < 1100; n += 1) refused.add(refusal({ clientId: `client ${n}` }))
    refused.add(refusal({ clientId: 'client 0' }))
    await refused.write(store)
    expect(events).toHaveLength(1001)
    expect(events[0]?.after).toMatchObject({ count: 2 })
    expect(events[1000]).toMatchObject({ target: { id: '(others)' }, after: { count: 100 } })
    expect(events[1000]).not.toHaveProperty('scope')
  })

  test('are kept when they cannot be written, with those that came meanwhile', async () => {
    const refused = open()
    refused.add(refusal())
    const append = async (_event: NewEvent) => {
      refused.add(refusal())
      throw new Error('the store is away')
    }
    await expect(refused.write({ ...store, append })).rejects.toThrow('away')
    clock.at += minuteMs
    await refused.write(store)
    expect(events).toMatchObject([{ after: { count: 2, firstAt: 1_000_000 } }])
  })
})
