import { placeNumber } from '../domain/status-lists/status-list.ts'
import { type FormerValue, keptAfterEndMs } from '../domain/tokens/token.ts'
import type { Formers } from './token-formers.ts'
import { keyShift, live, member, noPlace, type Slots } from './token-slots.ts'
import { type Bits, note } from './token-words.ts'

/** Bits of a status list that are being set. */
export interface Filling extends Bits {
  /** Whether the tokens of an account are dead with it. */
  readonly isDead: (clientId: string) => boolean
  /** One for each account that has tokens: each is judged once. */
  readonly verdicts: Uint8Array
  /** Whether what a key signed is accepted. */
  readonly isAccepted: (kid: string) => boolean
  /** By the number of each key, 1 for those that are not accepted: looked up once for all tokens. */
  readonly refused: Uint8Array
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

const wordAt = (words: Uint32Array, at: number) => words[at] ?? 0

const verdict = { dead: 1, alive: 2 } as const

function isDead({ holderOf }: Marked, filling: Filling, holder: number): boolean {
  const { verdicts } = filling
  verdicts[holder] ||= filling.isDead(holderOf(holder)) ? verdict.dead : verdict.alive
  // An account that came since the list was begun has no place of its own there.
  return (verdicts[holder] ?? verdict.alive) === verdict.dead
}

/** A key goes when the last of its tokens is over: nothing is told of those, or lists would fill. */
function isTold(expiresAt: number, now: number): boolean {
  return expiresAt + keptAfterEndMs > now
}

function isRefused({ refused, now }: Filling, key: number, expiresSeconds: number): boolean {
  return refused[key] === 1 && isTold(expiresSeconds * 1000, now)
}

function isFormerOver({ isAccepted, now }: Filling, former: FormerValue): boolean {
  if (former.endsAt <= now) return true
  return !isAccepted(former.kid) && isTold(former.expiresAt, now)
}

function noteFormer(filling: Filling, former: FormerValue, isOver: boolean): void {
  const { status } = former
  if (status) note(filling, placeNumber(status), isOver || isFormerOver(filling, former))
}

/** Sets the bits of what was revoked among some slots. */
export function fillBits(
  marked: Marked,
  filling: Filling,
  [from, to]: readonly [from: number, to: number],
): void {
  marked.slots.each(from, to, (words, at, slot) => {
    if (wordAt(words, at + member.version) === 0) return
    const place = wordAt(words, at + member.place)
    const flags = wordAt(words, at + member.flags)
    const isOver =
      (flags & live) === 0 || isDead(marked, filling, wordAt(words, at + member.holder))
    const expires = wordAt(words, at + member.expires)
    const isGone = isOver || isRefused(filling, flags >>> keyShift, expires)
    if (place !== noPlace) note(filling, place, isGone)
    const former = marked.formers.get(slot)
    if (former) noteFormer(filling, former, isOver)
  })
}
