import { describe, expect, test } from '@jest/globals'
import type { Ceiling } from '../../src/domain/access/ceiling.ts'
import type { RootPermission } from '../../src/domain/access/permissions.ts'
import { currentRights } from '../../src/domain/access/rights.ts'
import { deleteAccount, updateAccount } from '../../src/domain/accounts/update.ts'
import { type Actor, actorOf, actorRef, type Principal } from '../../src/domain/context.ts'
import { change } from '../contract/samples.ts'
import { manage, refusal, view, worldOfFile } from './world.ts'

const world = worldOfFile()

const ada: Principal = {
  kind: 'person',
  id: 'ada',
  name: 'Ada',
  groups: ['ops'],
}
const upTo = (...permissions: readonly RootPermission[]): Ceiling => ({
  permissions,
  on: 'root',
  bounds: 'root',
})
const asking = (actor: Actor) => ({ ...world().system, actor })

describe('the log names', () => {
  const account: Actor = {
    kind: 'account',
    id: 'acc_1',
    clientId: 'ost_ci_1',
    name: 'one',
    groups: [],
  }
  const ofAccount = { kind: 'account', id: 'ost_ci_1', name: 'one' }
  const ofAda = { kind: 'person', id: 'ada', name: 'Ada' }

  const actors: readonly (readonly [string, Actor, object])[] = [
    [
      'the system by its part',
      { kind: 'system', name: 'x' },
      { kind: 'system', id: 'x', name: 'x' },
    ],
    ['an account by its client id', account, ofAccount],
    ['a person by its id', ada, ofAda],
    [
      'an account with the person who stands behind it',
      { ...account, impersonatedBy: ada },
      { ...ofAccount, impersonatedBy: ofAda },
    ],
    [
      'a person with the account that stands behind it',
      { ...ada, impersonatedBy: account },
      { ...ofAda, impersonatedBy: ofAccount },
    ],
  ]

  test.each(actors)('%s', (_title, actor, ref) => {
    expect(actorRef(actor)).toEqual(ref)
  })

  test('who stood behind a change, in its entry', async () => {
    const [target, other] = [
      await world().account(),
      await world().account({ permissions: [manage] }),
    ]
    const behind = await world().account()
    const by = actorOf(behind, undefined)
    const actor = { ...actorOf(other, upTo(manage)), impersonatedBy: by } as const
    await updateAccount(asking(actor), target, { description: 'changed' })
    expect((await world().log(target)).at(-1)?.actor).toEqual({
      kind: 'account',
      id: other.clientId,
      name: other.name,
      impersonatedBy: { kind: 'account', id: behind.clientId, name: behind.name },
    })
  })
})

describe('what an actor may do', () => {
  test('is nothing for a person who has no record any more', async () => {
    const [code] = await refusal(deleteAccount(asking(ada), await world().account()))
    expect(code).toBe('actor.unauthenticated')
  })

  test('is what the impersonated may do, up to its ceiling, and nothing of who stands behind it', async () => {
    const [weak, strong] = [
      await world().account({ permissions: [view, manage] }),
      await world().account({ permissions: [manage] }),
    ]
    const impersonatedBy = actorOf(strong, upTo(manage))
    const { held } = await currentRights(asking({ ...actorOf(weak, upTo(view)), impersonatedBy }))
    const own = held.get('root')?.map(({ permissions }) => [...permissions])
    expect(own).toEqual([[view]])
  })

  test('is over when who stands behind it is disabled or deleted, or it is itself', async () => {
    for (const end of [{ state: 'disabled' }, { live: false, purgeAfter: 0 }] as const) {
      const [one, other] = [await world().account(), await world().account()]
      const actor = { ...actorOf(one, upTo()), impersonatedBy: actorOf(other, upTo()) }
      expect(await refusal(currentRights(asking(actor)))).toEqual([])
      await change(world().store, other, end)
      const inactive = ['actor.unauthenticated', { why: 'inactive' }]
      expect(await refusal(currentRights(asking(actor)))).toEqual(inactive)
      const turned = { ...actorOf(other, upTo()), impersonatedBy: actorOf(one, upTo()) }
      expect(await refusal(currentRights(asking(turned)))).toEqual(inactive)
    }
  })
})
