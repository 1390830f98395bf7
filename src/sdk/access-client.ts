import type { AccessExplained, AccessHolder, AccessQuestion, HoldersFilter } from './access.ts'
import { kinds, oneOf, type Page, pageOf, unexpected } from './answers.ts'
import type { Caller, ReadOptions } from './calls.ts'
import type { CursorOptions } from './paging.ts'
import { query } from './paths.ts'
import { pagesOf } from './reading.ts'
import type { CallOptions } from './waiting.ts'
import { membersOf } from './words.ts'

/** Who may do what, and why. */
export interface Access {
  readonly check: (question: AccessQuestion, options?: CallOptions) => Promise<boolean>
  /** Many at once (at most 1000), answered in their order. */
  readonly checkAll: (
    questions: readonly AccessQuestion[],
    options?: CallOptions,
  ) => Promise<readonly boolean[]>
  readonly explain: (question: AccessQuestion, options?: CallOptions) => Promise<AccessExplained>
  readonly holders: (
    asked: HoldersFilter & CursorOptions & ReadOptions,
  ) => Promise<Page<AccessHolder>>
}

const root = '/api/access'

/** The calls about access. */
export function accessOf(call: Caller): Access {
  return {
    check: async (body, given) =>
      oneOf(await call('POST', `${root}/check`, { ...given, body }), kinds.decision).allowed,
    checkAll: async (questions, given) => {
      const received = await call('POST', `${root}/check`, { ...given, body: { questions } })
      const { answers } = membersOf(received.body)
      const decided = pageOf({ ...received, body: answers }, kinds.decision).items
      if (decided.length !== questions.length) throw unexpected(received.status)
      return decided.map(({ allowed }) => allowed)
    },
    explain: async (question, given) =>
      oneOf(await call('GET', `${root}/explain${query({ ...question })}`, given), kinds.explained),
    holders: pagesOf(call, `${root}/holders`, kinds.holder),
  }
}
