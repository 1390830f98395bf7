import type { Problem } from './problem.ts'

/** How many there may be of something. */
export interface Room {
  /** What it is, and in what place: those of one room are counted together. */
  readonly of: string
  readonly most: number
  /** How many there are by now; what this process wrote is among them. */
  readonly count: () => number | Promise<number>
  /** What whoever finds no room is told. */
  readonly full: () => Problem
}

/** What is being made in one room at the moment. */
class Makers {
  /** Who looks for room, or found it. */
  users = 0
  begun = 0
  ended = 0
  #next = Promise.withResolvers<void>()

  end(): void {
    this.ended += 1
    this.#next.resolve()
    this.#next = Promise.withResolvers()
  }

  nextEnd(): Promise<void> {
    return this.#next.promise
  }
}

const byRoom = new Map<string, Makers>()

function makersIn(of: string): Makers {
  const found = byRoom.get(of) ?? new Makers()
  byRoom.set(of, found)
  return found
}

/** What is being made counts as there; nobody is refused while it may still come to nothing. */
async function enter(room: Room, makers: Makers): Promise<void> {
  for (;;) {
    const { ended } = makers
    const there = await room.count()
    const coming = makers.begun - ended
    if (there + coming < room.most) break
    if (coming === 0) throw room.full()
    if (makers.begun > makers.ended) await makers.nextEnd()
  }
  makers.begun += 1
}

/**
 * Makes something when there is room for it, besides all that this process is making there at the same
 * moment. Nobody waits but for the last places.
 */
export async function inRoom<T>(room: Room, make: () => Promise<T>): Promise<T> {
  const makers = makersIn(room.of)
  makers.users += 1
  try {
    await enter(room, makers)
    try {
      return await make()
    } finally {
      makers.end()
    }
  } finally {
    makers.users -= 1
    if (makers.users === 0) byRoom.delete(room.of)
  }
}
