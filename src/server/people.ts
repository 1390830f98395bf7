import type { Settings } from '../config/schema.ts'
import type { Directory } from '../directory/directory.ts'
import type { Actor, Context, PersonLogin } from '../domain/context.ts'
import type { SettledIssuers } from '../domain/issuers/issuer.ts'
import type { VerifiedPerson } from '../domain/issuers/person.ts'
import { trustedIssuer } from '../domain/issuers/trusted.ts'
import { signIn } from '../domain/users/sign-in.ts'
import { issuerKeyReader } from '../http/issuer-keys.ts'
import { type PersonVerdict, personTokens } from '../http/person-tokens.ts'
import { publishedKeys } from '../http/published-keys.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { LastUses } from './last-uses.ts'
import { seldom } from './seldom.ts'

/** For so long after they went stale the keys of an issuer are good while it is away. */
const graceSeconds = 600

/** What tokens of people are verified with. */
export interface PeopleParts {
  readonly settings: Settings
  readonly log: Logger
  /** Milliseconds. */
  readonly now: () => number
  readonly directory: Directory
  readonly settled: SettledIssuers
  readonly contextFor: (actor: Actor, requestId: string) => Context
  readonly lastUses: LastUses
}

/** Signs in who holds this token of a trusted issuer; undefined when it is none, or not good. */
export type PersonOf = (
  token: string,
  from: { readonly requestId: string; readonly address: string },
) => Promise<PersonLogin | undefined>

function openKeys({ settings, log, now }: PeopleParts, allowPlainLoopback: boolean) {
  const { allowPrivateAddresses, timeoutSeconds } = settings.people
  return publishedKeys({
    read: issuerKeyReader({ allowPrivateAddresses, timeoutSeconds, allowPlainLoopback, now }),
    graceSeconds,
    now,
    onFailure: (issuer, error) => {
      log.warn('the keys of an issuer were not read', { issuer, error: String(error) })
    },
    onSkipped: (issuer, skipped) => {
      log.warn('keys of an issuer were skipped', { issuer, skipped })
    },
  })
}

function openVerification(parts: PeopleParts) {
  const { settings, settled, log, now, directory } = parts
  const [secure, plain] = [openKeys(parts, false), openKeys(parts, true)]
  const verify = personTokens({
    own: settled.own,
    trusted: (issuer) => trustedIssuer({ people: settled, known: directory }, issuer),
    keysOf: ({ allowInsecure }) => (allowInsecure ? plain : secure),
    now,
    toleranceSeconds: settings.oauth.assertions.clockToleranceSeconds,
  })
  const onRefused = seldom(now, (fields: Omit<PersonVerdict, 'ok'>) => {
    log.info('the token of a person was refused', fields)
  })
  return async (token: string): Promise<VerifiedPerson | undefined> => {
    const first = await verify(token)
    // Another process may have come to trust it since the log was read.
    const isOpen = !first.ok && first.why === 'unknown_issuer'
    if (isOpen) await directory.refresh().catch(() => undefined)
    const { ok, ...verdict } = isOpen ? await verify(token) : first
    if (ok && 'person' in verdict) return verdict.person
    // One that no trusted issuer made is any bad token: the line of the request is enough.
    if ('issuer' in verdict) onRefused(verdict)
    return undefined
  }
}

/** Opens the sign-in of people by the tokens of their issuers. */
export function openPeople(parts: PeopleParts): PersonOf {
  const { contextFor, lastUses } = parts
  const verified = openVerification(parts)
  return async (token, { requestId, address }) => {
    const person = await verified(token)
    if (person === undefined) return undefined
    const login = await signIn(contextFor({ kind: 'system', name: 'sign-in' }, requestId), person)
    lastUses.add(login.id, address)
    return login
  }
}
