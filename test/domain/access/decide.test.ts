import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { actions } from '../../../src/domain/access/actions.ts'
import { decide, type Grant, type Resource } from '../../../src/domain/access/decide.ts'

const domain = resolve(import.meta.dirname, '../../../src/domain')
const rootAccount: Resource = { type: 'service_account', owner: 'root' }
const manage: Grant = { level: 'root', permission: 'console.root.serviceaccount.manage' }
const view: Grant = { level: 'root', permission: 'console.root.view' }

describe('a decision', () => {
  test('names the grant that allowed it', () => {
    const decision = decide(
      { grants: [view, manage], audiences: [] },
      'account.update',
      rootAccount,
    )
    expect(decision).toEqual({ allowed: true, why: { grant: manage } })
  })

  test('names what was tried, and what would have sufficed', () => {
    const decision = decide({ grants: [view], audiences: [] }, 'account.update', rootAccount)
    expect(decision).toEqual({
      allowed: false,
      why: { tried: [view], wouldSuffice: [manage] },
    })
  })

  test('counts a grant only at a level from which it reaches the resource', () => {
    const lower: Grant = { ...manage, level: 'company' }
    const decision = decide({ grants: [lower], audiences: [] }, 'account.read', rootAccount)
    expect(decision.allowed).toBe(false)
  })

  test('allows the system everything', () => {
    const rights = { grants: [], audiences: [], everything: true } as const
    expect(decide(rights, 'account.delete', rootAccount).allowed).toBe(true)
  })
})

/** The text of every file of the domain but the table itself. */
const sources = readdirSync(domain, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !name.endsWith('access/actions.ts'))
  .map((name) => ({ name, text: readFileSync(join(domain, name), 'utf8') }))

describe('the table of actions', () => {
  test.each(Object.keys(actions))('%s is asserted by a use case', (action) => {
    const asserted = new RegExp(
      `(permit\\(ctx, |findFor\\(ctx, [^\\n]*, |action: )'${action.replace('.', '\\.')}'`,
    )
    expect(sources.filter(({ text }) => asserted.test(text))).not.toHaveLength(0)
  })

  /** What may be done without leave: see each. */
  const withoutLeave: Readonly<Record<string, string>> = {
    permit: 'it is the assertion',
    currentRights: 'it is what the assertion reads',
    findFor: 'it asserts the action that it is given',
    change: 'it asserts the action that it is given',
    insert: 'its callers assert',
    changeAccount: 'it asserts the action that it is given',
    assertNotLast: 'it guards a change that was asserted',
    ensureInstallation: 'the server makes it for itself',
    writeInstallation: 'its callers assert, or are the server itself',
    writeRestored: 'whoever can write the store restores it',
    raiseEpoch: 'whoever can write the store restores it',
    newAccount: 'its callers assert',
    recoverAccount: 'whoever can write the store is root',
    recordSigningKeys: 'the server tells what it sees in its keys folder',
    keepSigningKey: 'the server, or whoever can write the store, makes it',
    lastKept: 'the server reads what it keeps itself',
    endSigningKey: 'the server tells what it sees in its keys folder',
    revokeToken: 'a caller ends its own token (RFC 7009 §2.1), which the endpoint checks',
  }

  test('every use case asserts an action', () => {
    const useCases = sources.flatMap(({ name, text }) =>
      [
        ...text.matchAll(
          /\nexport (?:async )?function (\w+)(?:<[^>]*>)?\(\s*ctx: Context[\s\S]*?\n\}/g,
        ),
      ]
        .filter(([body]) => body.includes('Promise<'))
        .map(([body, called = '']) => ({ name: `${name} ${called}`, called, body })),
    )
    expect(useCases.length).toBeGreaterThan(8)
    const silent = useCases
      .filter(({ called }) => !(called in withoutLeave))
      .filter(({ body }) => !/(permit|findFor)\(ctx, |action: '/.test(body))
    expect(silent.map(({ name }) => name)).toEqual([])
  })

  test('says in words of its own what each action is', () => {
    const rows = Object.entries<{ title: string; on: string }>(actions)
    const titles = rows.map(([, { title, on }]) => `${title} ${on}`)
    expect(new Set<string>(titles).size).toBe(rows.length)
  })
})
