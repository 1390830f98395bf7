import { afterEach, describe, expect, test } from '@jest/globals'
import { hashSync } from 'bcryptjs'
import { BcryptChecker, type CheckerOptions } from '../../src/bcrypt/checker.ts'

const secret = 'a secret of another server'
const cheap = hashSync(secret, 4)
const open: BcryptChecker[] = []

function checkerWith(options: Partial<CheckerOptions> = {}): BcryptChecker {
  const checker = new BcryptChecker(options)
  open.push(checker)
  return checker
}

afterEach(async () => {
  for (const checker of open.splice(0)) await checker.close()
})

const ask = (site: string, text = secret, digest = cheap) => ({ site, digest, secret: text })

test.each([
  ['$2a$', '$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'],
  ['$2b$', '$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'],
  ['$2y$', '$2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'],
])(
  'a digest as others make it is known to be of its secret, and of no other: %s',
  async (_, digest) => {
    const checker = checkerWith()
    expect(await checker.check(ask('a', 'U*U', digest))).toBe('good')
    expect(await checker.check(ask('a', 'U*V', digest))).toBe('bad')
  },
)

test('the event loop goes on while a digest is checked', async () => {
  const checker = checkerWith()
  let turns = 0
  let isOver = false
  const turn = () => {
    turns += 1
    if (!isOver) setImmediate(turn)
  }
  turn()
  await checker.check(ask('a', secret, hashSync('another', 8)))
  isOver = true
  expect(turns).toBeGreaterThan(10)
})

describe('a checker that many ask', () => {
  test('answers each site in its turn, and those of whom too many wait at once that it is busy', async () => {
    const checker = checkerWith({ most: 5, mostOfOne: 3 })
    const order: string[] = []
    const asked = ['a', 'a', 'a', 'a', 'a', 'b'].map(async (site, place) => {
      const answer = await checker.check(ask(site))
      order.push(`${site}${place} ${answer}`)
    })
    await Promise.all(asked)
    expect(order).toEqual(['a4 busy', 'a0 good', 'a1 good', 'b5 good', 'a2 good', 'a3 good'])
  })

  test('tells whoever waited too long for a turn, and not who is checked', async () => {
    let now = 0
    const checker = checkerWith({ steady: () => now, waitMs: 100 })
    const [first, second] = [checker.check(ask('a')), checker.check(ask('b'))]
    now = 101
    expect([await first, await second]).toEqual(['good', 'busy'])
    expect(await checker.check(ask('b'))).toBe('good')
  })
})

test('a thread that is silent for too long is ended, and who waits for it is told', async () => {
  const checker = checkerWith({ silenceMs: 1 })
  const [slow, waiting] = [
    checker.check(ask('a', secret, hashSync('x', 4).replace('$04$', '$31$'))),
    checker.check(ask('b')),
  ]
  expect([await slow, await waiting]).toEqual(['busy', 'busy'])
})

test('a thread that fails says why, and the next check has one of its own', async () => {
  const failures: unknown[] = []
  const checker = checkerWith({ onFailure: (error) => failures.push(error) })
  expect(await checker.check(ask('a', secret, `$9$${cheap.slice(3)}`))).toBe('busy')
  expect(failures).toHaveLength(1)
  expect(await checker.check(ask('a'))).toBe('good')
})

test('whoever waits when it is closed is told that it is busy', async () => {
  const checker = checkerWith()
  const asked = [checker.check(ask('a')), checker.check(ask('a'))]
  await checker.close()
  expect(await Promise.all(asked)).toEqual(['busy', 'busy'])
})
