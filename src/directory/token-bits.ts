import { placeNumber } from '../domain/status-lists/status-list.ts'
import type { FormerValue } from '../domain/tokens/token.ts'
import type { Formers } from './token-formers.ts'
import { live, member, noPlace, type Slots } from './token-slots.ts'
import { type Bits, note } from './token-words.ts'

/** Bits of a status list that are being set. */
export interface Filling extends Bits {
  /** Whether the tokens of an account are dead with it. */
  readonly isDead: (clientId: string) => boolean
  /** One for each account that has tokens: each is judged once. */
  readonly verdicts: Uint8Array
  /** Milliseconds. */
  readonly now: number
}

/** What is known of tokens, as far as their bits tell of it. */
export interface Marked {
  readonly slots: Slots
  /** The client id of an account by its number. */
  readonly holderOf: (number: number) => string
  /** The values that were replaced, by slot. */
  readonly formers: Pick<Formers, 'get'>
}

const verdict = { dead: 1, alive: 2 } as const

function isDead({ holderOf }: Marked, filling: Filling, holder: number): boolean {
  const { verdicts } = filling
  verdicts[holder] ||= filling.isDead(holderOf(holder)) ? verdict.dead : verdict.alive
  // An account that came since the list was begun has no place of its own there.
  return (verdicts[holder] ?? verdict.alive) === verdict.dead
}

function noteFormer(filling: Filling, { status, endsAt }: FormerValue, isOver: boolean): void {
  if (status) note(filling, placeNumber(status), isOver || endsAt <= filling.now)
}

/** Sets the bits of what was revoked among some slots. */
export function fillBits(
  marked: Marked,
  filling: Filling,
  [from, to]: readonly [from: number, to: number],
): void {
  marked.slots.each(from, to, (words, at, slot) => {
    if (words[at + member.version] === 0) return
    const place = words[at + member.place] ?? noPlace
    const isLinked = ((words[at + member.flags] ?? 0) & live) !== 0
    const isOver = !isLinked || isDead(marked, filling, words[at + member.holder] ?? 0)
    if (place !== noPlace) note(filling, place, isOver)
    const former = marked.formers.get(slot)
    if (former) noteFormer(filling, former, isOver)
  })
}
