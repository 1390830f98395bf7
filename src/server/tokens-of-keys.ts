import { existsSync } from 'node:fs'
import type { Settings } from '../config/schema.ts'
import { everyPage } from '../domain/every-page.ts'
import type { Store } from '../domain/store.ts'
import type { Token } from '../domain/tokens/token.ts'
import { embeddedPath, isEmbedded, openStore } from '../storage/open.ts'
import { openSqliteReader } from '../storage/sqlite/backup.ts'

/** The tokens of which a record is kept that a key signed, and that still live. */
export interface TokensOfKey {
  readonly count: number
  /** When the last of them ends; milliseconds. */
  readonly lastEnd: number
}

function counted(tokens: Map<string, TokensOfKey>, { live, value, former }: Token, now: number) {
  const values = live ? [value, ...(former && former.endsAt > now ? [former] : [])] : []
  for (const { kid, expiresAt } of values) {
    if (expiresAt <= now) continue
    const { count = 0, lastEnd = 0 } = tokens.get(kid) ?? {}
    tokens.set(kid, { count: count + 1, lastEnd: Math.max(lastEnd, expiresAt) })
  }
}

/** Counts the tokens that live at this moment (ms) by the key that signed each. */
export async function tokensOfKeys(
  store: Pick<Store, 'scan'>,
  now: number,
): Promise<ReadonlyMap<string, TokensOfKey>> {
  const tokens = new Map<string, TokensOfKey>()
  for await (const page of everyPage(store, 'token')) {
    for (const token of page) counted(tokens, token, now)
  }
  return tokens
}

async function openToRead({ storage }: Settings): Promise<Pick<Store, 'scan' | 'close'>> {
  if (isEmbedded(storage.uri)) return await openSqliteReader(embeddedPath(storage.uri))
  return await openStore({ ...storage, startTimeoutSeconds: 0 }, () => undefined)
}

/** The same of the store of the settings, beside a running server; none where there is no store yet. */
export async function readTokensOfKeys(
  settings: Settings,
  now: number,
): Promise<ReadonlyMap<string, TokensOfKey>> {
  const { uri } = settings.storage
  if (isEmbedded(uri) && !existsSync(embeddedPath(uri))) return new Map()
  const store = await openToRead(settings)
  try {
    return await tokensOfKeys(store, now)
  } finally {
    await store.close()
  }
}
