import { afterEach, beforeEach, describe } from '@jest/globals'
import type { Store } from '../../src/domain/store.ts'
import { logRules } from './log.ts'
import { nameRules } from './names.ts'
import { recordRules } from './records.ts'
import { reservationRules } from './reservations.ts'
import { sweepRules } from './sweep.ts'
import { togetherRules } from './together.ts'
import { valueRules } from './values.ts'

/** A new, empty store for one test. */
export interface Opened {
  readonly store: Store
  /** Closes all handles and opens the same data again. */
  reopen(): Promise<Store>
  /** A second handle on the same data, as another process has it; undefined when there can be one only. */
  another(): Promise<Store> | undefined
  /** Closes all handles and removes the data. */
  dispose(): Promise<void>
}

/** What every store promises. `open` makes a new, empty one. */
export function storeContract(name: string, open: () => Promise<Opened>): void {
  describe(`${name} keeps the contract of a store`, () => {
    let opened: Opened

    beforeEach(async () => {
      opened = await open()
    })
    afterEach(async () => {
      await opened.dispose()
    })

    for (const [topic, rules] of Object.entries(topics)) describe(topic, () => rules(() => opened))
  })
}

const topics = {
  records: recordRules,
  'names and keys': nameRules,
  'the event log': logRules,
  'reservations and uses': reservationRules,
  sweeping: sweepRules,
  'writes at the same moment': togetherRules,
  'values and lifetime': valueRules,
} as const satisfies Record<string, (opened: () => Opened) => void>
