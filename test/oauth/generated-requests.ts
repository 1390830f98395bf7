import { assertionType, part, type Sign } from '../e2e/support/assertions.ts'
import { issuer } from './endpoints.ts'
import type { Client } from './generated-clients.ts'
import type { Random } from './seeded.ts'

/** A request before it is written down: a mutation changes one thing of it. */
export interface Draft {
  readonly client: Client
  readonly header: Record<string, unknown>
  readonly claims: Record<string, unknown>
  /** Undefined members are left out; the texts come from the members unless a mutation sets them. */
  headerText?: string
  claimsText?: string
  sign: Sign
  /** Spells header and claims anew before they are signed. */
  spell: (part: string) => string
  /** Changes the assertion when it is all there. */
  bend: (assertion: string) => string
  readonly form: [string, string][]
  readonly headers: Record<string, string>
  /** Changes the written form. */
  write: (body: string) => string
}

let made = 0

/** A request that is good, as this client makes it. */
export function goodDraft(client: Client, random: Random): Draft {
  made += 1
  const now = Math.floor(Date.now() / 1000)
  const { clientId, alg, kid } = client
  const isBySecret = alg === 'secret'
  const form: [string, string][] = [['grant_type', 'client_credentials']]
  if (random.below(3) === 0) form.push(['client_id', clientId])
  const credentials = Buffer.from(`${clientId}:${client.secret}`).toString('base64')
  return {
    client,
    header: { alg: isBySecret ? 'ES256' : alg, ...(kid !== undefined && { kid }) },
    claims: { iss: clientId, sub: clientId, aud: issuer, jti: `j${made}`, iat: now, exp: now + 60 },
    sign: client.sign,
    spell: (text) => text,
    bend: (assertion) => assertion,
    form,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      ...(isBySecret && { authorization: `Basic ${credentials}` }),
    },
    write: (body) => body,
  }
}

/** The request that a draft describes. */
export function requestOf(draft: Draft) {
  const { client, header, claims, form, headers } = draft
  const texts = [draft.headerText ?? header, draft.claimsText ?? claims]
  const data = texts.map((text) => draft.spell(part(text))).join('.')
  const assertion = draft.bend(`${data}.${draft.sign(data).toString('base64url')}`)
  const login: [string, string][] =
    client.alg === 'secret'
      ? []
      : [
          ['client_assertion_type', assertionType],
          ['client_assertion', assertion],
        ]
  const given = new Set(form.map(([name]) => name))
  const all = [...form, ...login.filter(([name]) => !given.has(name))]
  return { headers, body: draft.write(new URLSearchParams(all).toString()) }
}

/** Changes one thing of a request. */
export type Mutation = (draft: Draft, random: Random, clients: readonly Client[]) => void

type Settable = Pick<Draft, 'headerText' | 'claimsText' | 'sign' | 'spell' | 'write'>
/** Sets a member of a draft. */
export const set =
  <K extends keyof Settable>(
    name: K,
    value: (draft: Draft, random: Random) => NonNullable<Settable[K]>,
  ): Mutation =>
  (draft, random) => {
    const settable: Settable = draft
    settable[name] = value(draft, random)
  }
