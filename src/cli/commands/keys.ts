import { type Command, Option } from 'commander'
import type { Settings } from '../../config/schema.ts'
import type { Context } from '../../domain/context.ts'
import { Secret } from '../../domain/secret.ts'
import { endSigningKey, signingKeyOf } from '../../domain/signing-keys/record.ts'
import { tokenKinds } from '../../domain/tokens/kinds.ts'
import { areKeysInStore, keyPlace, passphraseIn } from '../../server/installation/key-place.ts'
import type { TokensOfKey } from '../../server/tokens-of-keys.ts'
import { isJwsAlgorithm, jwsAlgorithms } from '../../signing/algorithms.ts'
import { importKey as importPrivateKey } from '../../signing/import.ts'
import { type ListedKey, listKeys } from '../../signing/list.ts'
import { removeKey } from '../../signing/remove.ts'
import { rotate } from '../../signing/rotate.ts'
import { confirmGrave, withYes } from '../confirm.ts'
import { UsageError } from '../failure.ts'
import { localWorld, settingsOf } from '../local.ts'
import { type Column, table } from '../table.ts'
import { print, roomOf, shownTime } from '../terminal.ts'
import { readInput } from '../world.ts'

const iso = (at: number) => new Date(at).toISOString()
const shown = (at: number) => shownTime(iso(at))

/** What a verb of keys needs: where they are, and the settings that matter to them. */
function homeOf(settings: Settings, ctx: () => Context) {
  const { signing, tokens } = settings
  return {
    place: keyPlace(settings, ctx),
    alg: signing.alg,
    ...passphraseIn(settings),
    now: Date.now,
    publishSeconds: signing.publishSeconds,
    maxTokenLifetimeSeconds: tokenKinds.access.life(tokens),
  }
}

/** The same, and what is known of the tokens that each key signed. */
type Home = ReturnType<typeof homeOf> & {
  /** Undefined where the store could not be read. */
  readonly tokens: ReadonlyMap<string, TokensOfKey> | undefined
  readonly neededUntil: (kid: string) => number
}

/** A key whose tokens are not known is needed for ever, as far as this verb may tell. */
function withTokens(
  home: ReturnType<typeof homeOf>,
  tokens: ReadonlyMap<string, TokensOfKey> | undefined,
): Home {
  const neededUntil = (kid: string) => {
    return tokens ? (tokens.get(kid)?.lastEnd ?? 0) : Number.POSITIVE_INFINITY
  }
  return { ...home, tokens, neededUntil }
}

/** Opens the store for a verb, and closes it again. */
async function withStore<T>(command: Command, work: (ctx: Context) => Promise<T>): Promise<T> {
  // Asked for here: the drivers cost every other verb a third of a second.
  const { openLocally } = await import('../../server/local.ts')
  const local = await openLocally(await localWorld(command), `keys ${command.name()}`)
  try {
    return await work(local.ctx)
  } finally {
    await local.close()
  }
}

/** Runs a verb where the server's own settings keep the keys. */
async function withKeys(command: Command, work: (home: Home) => Promise<void>): Promise<void> {
  const settings = await settingsOf(command)
  if (areKeysInStore(settings)) {
    return await withStore(command, async (ctx) => {
      const { tokensOfKeys } = await import('../../server/tokens-of-keys.ts')
      const tokens = await tokensOfKeys(ctx.store, Date.now())
      await work(
        withTokens(
          homeOf(settings, () => ctx),
          tokens,
        ),
      )
    })
  }
  const { readTokensOfKeys } = await import('../../server/tokens-of-keys.ts')
  const tokens = await readTokensOfKeys(settings, Date.now()).catch(() => undefined)
  await work(withTokens(homeOf(settings, noContext), tokens))
}

function noContext(): never {
  throw new Error('the keys are in a folder')
}

/** A moment, or that it is not known: the store could not be read. */
const until = (at: number) => (Number.isFinite(at) ? shown(at) : 'its tokens are over')

const phases: {
  readonly [P in ListedKey['state']['phase']]: (key: ListedKey) => string
} = {
  current: ({ signsFrom }) => `signs since ${shown(signsFrom)}`,
  next: ({ signsFrom }) => `signs from ${shown(signsFrom)}`,
  retired: ({ state }) =>
    state.phase === 'retired' ? `published until ${until(state.verifiesUntil)}` : '',
}

/** Which kind of token a key is needed for the longest, and until when; milliseconds. */
function needOf({ kid, state }: ListedKey, home: Home) {
  const lastEnd = home.tokens?.get(kid)?.lastEnd ?? 0
  const lastAccess =
    state.phase === 'retired' ? 0 : home.now() + home.maxTokenLifetimeSeconds * 1000
  if (lastEnd > lastAccess) return { kind: 'project', at: lastEnd } as const
  const at = state.phase === 'retired' ? state.verifiesUntil : lastAccess
  return { kind: 'access', at } as const
}

const neededBy = (key: ListedKey, home: Home) => {
  const { kind, at } = needOf(key, home)
  const count = home.tokens?.get(key.kid)?.count ?? 0
  const title =
    kind === 'project' ? `${tokenKinds.project.title} (${count})` : tokenKinds.access.title
  return `${title}, until ${until(at)}`
}

function needAsJson(key: ListedKey, home: Home) {
  const { kind, at } = needOf(key, home)
  return {
    ...(Number.isFinite(at) && { neededUntil: iso(at) }),
    neededFor: kind,
    projectTokens: home.tokens?.get(key.kid)?.count,
  }
}

function asJson({ createdAt, signsFrom, state, ...key }: ListedKey) {
  const isKnown = state.phase === 'retired' && Number.isFinite(state.verifiesUntil)
  const end = isKnown ? { verifiesUntil: iso(state.verifiesUntil) } : {}
  const times = { createdAt: iso(createdAt), signsFrom: iso(signsFrom) }
  return { ...key, phase: state.phase, ...times, ...end }
}

function rowOf(key: ListedKey, home: Home): string[] {
  const { kid, alg, size, state, isEncrypted } = key
  return [
    kid,
    alg,
    size,
    state.phase,
    phases[state.phase](key),
    neededBy(key, home),
    isEncrypted ? 'encrypted' : 'plain',
  ]
}

const columns: readonly Column[] = [
  { title: 'KID' },
  { title: 'ALG', isExtra: true },
  { title: 'SIZE', isExtra: true },
  { title: 'PHASE' },
  { title: 'WHEN' },
  { title: 'NEEDED FOR', isExtra: true },
  { title: 'AT REST', isExtra: true },
]

async function list(_options: unknown, command: Command): Promise<void> {
  await withKeys(command, async (home) => {
    const keys = await listKeys(home)
    const rows = keys.map((key) => rowOf(key, home))
    const none = ['there are no keys yet: the first start of the server makes one']
    const lines = keys.length === 0 ? none : table(columns, rows, roomOf(command))
    const json = keys.map((key) => ({ ...asJson(key), ...needAsJson(key, home) }))
    print(command, { json, lines })
  })
}

const turns = {
  made: (key: ListedKey) => `made the key ${key.kid} (${key.alg}, ${key.size})`,
  promoted: (key: ListedKey) => `the key ${key.kid}, which waited, signs now`,
  waiting: (key: ListedKey) =>
    `the key ${key.kid} waits already, nothing changed; --now lets it sign at once`,
} as const

/** With `--now` a key signs at once. */
function atOnce(home: Home, isNow: boolean | undefined): Home {
  return isNow === true ? { ...home, publishSeconds: 0 } : home
}

async function rotateKeys({ now }: { readonly now?: boolean }, command: Command): Promise<void> {
  await withKeys(command, async (home) => {
    const { outcome, key, pruned } = await rotate(atOnce(home, now))
    const removed = pruned.map((kid) => `removed the key ${kid}, retired long ago`)
    const lines = [`${turns[outcome](key)}: ${phases[key.state.phase](key)}`, ...removed]
    print(command, { json: { outcome, key: asJson(key), pruned }, lines })
  })
}

interface ImportFlags {
  readonly now?: boolean
  readonly alg?: string
}

async function importKey(file: string, { now, alg }: ImportFlags, command: Command): Promise<void> {
  const pem = new Secret(readInput(command, file, 'keys import'))
  const wanted = { alg: isJwsAlgorithm(alg) ? alg : undefined }
  await withKeys(command, async (home) => {
    const { made, key } = await importPrivateKey({ ...atOnce(home, now), pem, ...wanted })
    const verb = made ? 'imported' : 'has already, nothing changed:'
    const lines = [
      `${verb} the key ${key.kid} (${key.alg}, ${key.size}): ${phases[key.state.phase](key)}`,
    ]
    print(command, { json: { outcome: made ? 'imported' : 'known', key: asJson(key) }, lines })
  })
}

async function removeVerb(kid: string, _flags: unknown, command: Command): Promise<void> {
  const settings = await settingsOf(command)
  await confirmGrave(command, `take the key ${kid} out, so that its tokens are refused`)
  // The store is opened first: a file whose record cannot be ended stays.
  await withStore(command, async (ctx) => {
    const record = await signingKeyOf(ctx, kid)
    const { tokensOfKeys } = await import('../../server/tokens-of-keys.ts')
    const dead = (await tokensOfKeys(ctx.store, Date.now())).get(kid)?.count ?? 0
    const { now, maxTokenLifetimeSeconds, ...home } = homeOf(settings, () => ctx)
    const hadFile = await removeKey(home, kid, { now: now(), maxTokenLifetimeSeconds })
    if (!hadFile && !record) throw new UsageError(`there is no key ${kid}: see \`keys list\``)
    const left = await signingKeyOf(ctx, kid)
    if (left) await endSigningKey(ctx, left)
    const lines = [
      `the key ${kid} is out: tokens that it signed are refused`,
      `${dead} ${tokenKinds.project.title} end with it, and the ${tokenKinds.access.title} that it signed`,
    ]
    const json = { kid, hadFile, wasKnown: record !== undefined, ended: { project: dead } }
    print(command, { json, lines })
  })
}

/** Adds the verbs of signing keys. */
export function keysCommand(program: Command): void {
  const keys = program.command('keys').description('signing keys, where the settings keep them')
  keys.command('list').description('the keys and their phases').action(list)
  keys
    .command('rotate')
    .description('make the next key: published at once, signing after signing.publishSeconds')
    .option('--now', 'let it sign at once, without the time for verifiers to learn of it')
    .action(rotateKeys)
  withYes(keys.command('remove <kid>'))
    .description('take a key out for good, while no server uses the embedded store')
    .action(removeVerb)
  keys
    .command('import <file>')
    .description('take a private key in PEM (PKCS#8, encrypted too) as the next one; - reads stdin')
    .option('--now', 'let it sign at once')
    .addOption(new Option('--alg <alg>', 'what it signs with').choices(Object.keys(jwsAlgorithms)))
    .action(importKey)
}
