import { isTimedUuid } from '../domain/ids.ts'
import type { Records } from '../domain/records.ts'
import { placeNumber } from '../domain/status-lists/status-list.ts'
import { isWarningDue } from '../domain/tokens/ends-soon.ts'
import { type KnownToken, shortened } from '../domain/tokens/token.ts'
import type { Shelf } from './shelves.ts'
import { SlotIndex } from './slot-index.ts'
import { type Filling, fillBits } from './token-bits.ts'
import { Formers } from './token-formers.ts'
import { TokenKeys } from './token-keys.ts'
import { keyShift, live, member, noPlace, Slots } from './token-slots.ts'
import { digestOf, digestWords, idOf, wordsOf } from './token-words.ts'

type Token = Records['token']

/** The account of some tokens, as the slots name it. */
interface Holder {
  readonly clientId: string
  /** The first of its live tokens, from 1; 0: none. */
  first: number
  count: number
}

/** The word of an id that is random throughout. */
const randomWord = 3
const warnedShift = 1
const warnedMask = 0x1f
/** So many slots are looked at in one round for what is over. */
const forgottenAtOnce = 50_000

const seconds = (milliseconds: number) => Math.ceil(milliseconds / 1000)

/** Tokens that live long, by id and by account: what it takes to judge each, in some 70 bytes. */
export class TokenShelf implements Shelf<'token'> {
  readonly #slots = new Slots()
  readonly #index = new SlotIndex((slot) => this.#slots.get(slot, randomWord))
  readonly #holders: Holder[] = []
  readonly #holderOf = new Map<string, number>()
  readonly #formers = new Formers()
  readonly #keys = new TokenKeys()
  #changes = 0
  #cursor = 0

  /** How often any of them changed so far. */
  get changes(): number {
    return this.#changes
  }

  /** So many slots are looked at by whoever looks at all of them. */
  get size(): number {
    return this.#slots.size
  }

  /** When the last of the tokens ends that a key signed (ms); 0: it signed none that is known. */
  lastEndOf(kid: string): number {
    return this.#keys.lastEndOf(kid)
  }

  #find(id: string): number | undefined {
    if (!isTimedUuid(id)) return undefined
    const words = wordsOf(id)
    return this.#index.find(words[randomWord] ?? 0, (slot) =>
      this.#slots.words(slot, member.id, 4).every((word, at) => word === words[at]),
    )
  }

  get(id: string): KnownToken | undefined {
    const slot = this.#find(id)
    if (slot === undefined) return undefined
    const former = this.#formers.get(slot)
    return {
      id,
      account: this.#holderAt(slot).clientId,
      live: this.#isLinked(slot),
      digest: digestOf(this.#slots.words(slot, member.digest, 4)),
      expiresAt: this.#slots.get(slot, member.expires) * 1000,
      warnedDays: this.#warnedDays(slot),
      ...(former && { former: { digest: shortened(former.digest), endsAt: former.endsAt } }),
    }
  }

  /** The ids of the live tokens of an account, in no order. */
  of(clientId: string): readonly string[] {
    const ids: string[] = []
    const holder = this.#holders[this.#holderOf.get(clientId) ?? -1]
    for (let next = holder?.first ?? 0; next > 0; next = this.#slots.get(next - 1, member.next)) {
      ids.push(this.#idAt(next - 1))
    }
    return ids
  }

  countOf(clientId: string): number {
    return this.#holders[this.#holderOf.get(clientId) ?? -1]?.count ?? 0
  }

  /** The accounts that have live tokens. */
  *holders(): Iterable<string> {
    for (const { clientId, count } of this.#holders) if (count > 0) yield clientId
  }

  /** Live tokens among some slots of which somebody is to be warned at this moment (ms). */
  dueIn(from: number, to: number, now: number): readonly string[] {
    const ids: string[] = []
    for (let slot = from; slot < Math.min(to, this.#slots.size); slot += 1) {
      const expiresAt = this.#slots.get(slot, member.expires) * 1000
      const warnedDays = this.#warnedDays(slot)
      const isDue = this.#isLinked(slot) && isWarningDue({ expiresAt, warnedDays }, now)
      if (isDue) ids.push(this.#idAt(slot))
    }
    return ids
  }

  /** At most so many tokens whose former value was let be until now (ms), and ended before its time. */
  overlapsOver(now: number, most: number): readonly string[] {
    return this.#formers.over(now, most).map((slot) => this.#idAt(slot))
  }

  #warnedDays(slot: number): number {
    return (this.#slots.get(slot, member.flags) >>> warnedShift) & warnedMask
  }

  /** A filling of bits that begins now: see `fill`. */
  filling(of: Omit<Filling, 'verdicts' | 'refused'>): Filling {
    const refused = this.#keys.refused(of.isAccepted)
    return { ...of, refused, verdicts: new Uint8Array(this.#holders.length) }
  }

  /** Sets the bits of what was revoked among some slots. */
  fill(filling: Filling, from: number, to: number): void {
    const holderOf = (number: number) => this.#holders[number]?.clientId ?? ''
    const marked = { slots: this.#slots, formers: this.#formers, holderOf }
    fillBits(marked, filling, [from, to])
  }

  /** When the next former value ends (ms) whose status is told; Infinity: none does. */
  nextTurnOfFormers(now: number): number {
    return this.#formers.nextTurn(now)
  }

  #holderAt(slot: number): Holder {
    const holder = this.#holders[this.#slots.get(slot, member.holder)]
    if (!holder) throw new RangeError(`slot ${slot} has no holder`)
    return holder
  }

  #idAt(slot: number): string {
    return idOf(this.#slots.words(slot, member.id, 4))
  }

  #holderNumber(clientId: string): number {
    const known = this.#holderOf.get(clientId)
    if (known !== undefined) return known
    const made = this.#holders.push({ clientId, first: 0, count: 0 }) - 1
    this.#holderOf.set(clientId, made)
    return made
  }

  #link(slot: number): void {
    const holder = this.#holderAt(slot)
    this.#slots.set(slot, member.next, holder.first)
    this.#slots.set(slot, member.former, 0)
    if (holder.first > 0) this.#slots.set(holder.first - 1, member.former, slot + 1)
    holder.first = slot + 1
    holder.count += 1
  }

  #unlink(slot: number): void {
    const holder = this.#holderAt(slot)
    const [next, former] = [member.next, member.former].map((at) => this.#slots.get(slot, at))
    if (former) this.#slots.set(former - 1, member.next, next ?? 0)
    else holder.first = next ?? 0
    if (next) this.#slots.set(next - 1, member.former, former ?? 0)
    this.#slots.set(slot, member.next, 0)
    this.#slots.set(slot, member.former, 0)
    holder.count -= 1
  }

  #isLinked(slot: number): boolean {
    return (this.#slots.get(slot, member.flags) & live) !== 0
  }

  put(record: Token): void {
    const found = this.#find(record.id)
    if (found !== undefined && this.#slots.get(found, member.version) >= record.version) return
    this.#changes += 1
    const slot = found ?? this.#add(record)
    if (this.#isLinked(slot)) this.#unlink(slot)
    this.#write(slot, record)
    if (record.live) this.#link(slot)
  }

  #add({ id, account }: Token): number {
    const slot = this.#slots.take()
    this.#slots.words(slot, member.id, 4).set(wordsOf(id))
    this.#slots.set(slot, member.holder, this.#holderNumber(account))
    this.#index.add(slot)
    return slot
  }

  #write(slot: number, record: Token): void {
    const { value, former, version, warnedDays = 0, purgeAfter = 0 } = record
    this.#slots.words(slot, member.digest, 4).set(digestWords(value.digest))
    this.#slots.set(slot, member.expires, seconds(value.expiresAt))
    this.#slots.set(slot, member.version, version)
    this.#slots.set(slot, member.place, value.status ? placeNumber(value.status) : noPlace)
    const flags = (record.live ? live : 0) | (warnedDays << warnedShift)
    this.#slots.set(slot, member.flags, flags | (this.#keys.numberOf(value.kid) << keyShift))
    this.#slots.set(slot, member.purge, seconds(purgeAfter))
    if (former) this.#formers.set(slot, former, record.live)
    else this.#formers.delete(slot)
    const lasting = record.live ? [value, ...(former ? [former] : [])] : []
    for (const { kid, expiresAt } of lasting) this.#keys.noteEnd(kid, expiresAt)
  }

  drop(id: string): void {
    const slot = this.#find(id)
    if (slot !== undefined) this.#forgetSlot(slot)
  }

  #forgetSlot(slot: number): void {
    this.#changes += 1
    if (this.#isLinked(slot)) this.#unlink(slot)
    this.#index.remove(slot)
    this.#formers.delete(slot)
    this.#slots.release(slot)
  }

  /** Some slots at a time: whoever deleted a token is in no hurry. */
  forget(now: number): void {
    const end = Math.min(this.#cursor + forgottenAtOnce, this.#slots.size)
    for (let slot = this.#cursor; slot < end; slot += 1) {
      const purge = this.#slots.get(slot, member.purge) * 1000
      if (purge > 0 && purge < now) this.#forgetSlot(slot)
    }
    this.#cursor = end === this.#slots.size ? 0 : end
  }
}
