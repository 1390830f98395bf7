import type { Kind, Records } from './records.ts'
import type { Store } from './store.ts'

const size = 500

/** An embedded store answers without a pause: everything else has its turn before the next page. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}

/** Every record of a kind by ascending id, tombstones included, a bounded page at a time. */
export async function* everyPage<K extends Kind>(
  store: Pick<Store, 'scan'>,
  kind: K,
): AsyncGenerator<readonly Records[K][]> {
  for (let after = ''; ; ) {
    const records = await store.scan(kind, { after, limit: size })
    yield records
    const last = records.at(-1)
    if (last === undefined || records.length < size) return
    after = last.id
    await turn()
  }
}
