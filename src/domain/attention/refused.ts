import { levelOf, type Place } from '../access/places.ts'
import type { Event } from '../audit/event.ts'
import type { Context } from '../context.ts'
import { type AttentionRow, Gathered, type Section } from './rows.ts'

const dayMs = 86_400_000
/** So many entries of the log are looked at: they are folded, at most one a minute of each client and reason. */
const mostEntries = 5000
const atOnce = 100

/** Whether an entry is of an account of this owner: of root is what is of no company. */
function isOf(owner: Place, { scope = [] }: Event): boolean {
  if (levelOf(owner) !== 'root') return scope.includes(owner)
  return scope.every((place) => levelOf(place) === 'root')
}

/** The entries of refused logins of the last day, newest first, some at a time. */
async function* refusals(ctx: Context, owner: Place): AsyncGenerator<readonly Event[]> {
  const isRoot = levelOf(owner) === 'root'
  const query = {
    actions: ['login.refused'],
    from: ctx.now() - dayMs,
    newestFirst: true,
    limit: atOnce,
    ...(!isRoot && { scope: owner }),
  } as const
  let before: number | undefined
  for (let read = 0; read < mostEntries; read += atOnce) {
    await ctx.known.nextTurn()
    const some = await ctx.store.events({ ...query, ...(before !== undefined && { before }) })
    yield some.filter((event) => isOf(owner, event))
    before = some.at(-1)?.seq
    if (some.length < atOnce) return
  }
}

/** A number of the details of an entry. */
function told({ after }: Event, name: 'count' | 'lastAt', otherwise: number): number {
  const value = after?.[name]
  return typeof value === 'number' ? value : otherwise
}

/** The accounts whose logins were refused within a day, those of the latest first. */
export async function refusedLogins(ctx: Context, owner: Place): Promise<Section> {
  const byClient = new Map<string, AttentionRow>()
  for await (const some of refusals(ctx, owner)) {
    for (const event of some) {
      const { id: clientId, name } = event.target
      const lastAt = told(event, 'lastAt', event.at)
      const { at, refusals: former = 0 } = byClient.get(clientId) ?? { at: lastAt }
      const refusals = former + told(event, 'count', 1)
      byClient.set(clientId, { clientId, name, at: Math.max(at, lastAt), refusals })
    }
  }
  const gathered = new Gathered('latest')
  for (const row of byClient.values()) gathered.add(row)
  return gathered.section
}
