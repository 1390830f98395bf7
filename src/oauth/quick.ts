import { checkSecret } from '../domain/credentials/check-secret.ts'
import { type Form, one } from './admission.ts'
import { accessClaims } from './claims.ts'
import type { Login } from './login.ts'
import type { OAuthOptions } from './options.ts'
import { isHeld, lifetimeOf, mayHave, wantedAudiences } from './resources.ts'

/** A request that names nothing but these is plain enough to be answered without the core. */
const plain: ReadonlySet<string> = new Set(['grant_type', 'scope', 'audience', 'client_id'])

function isPlain(form: Form, login: Login): boolean {
  if (one(form, 'grant_type') !== 'client_credentials') return false
  for (const name of form.keys()) if (!plain.has(name)) return false
  const clientId = one(form, 'client_id')
  return clientId === undefined || clientId === login.presented.clientId
}

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** RFC 6749 §3.3: a scope is a set, so what is asked for twice is asked for once. */
function asSet(scope: string | undefined): string | undefined {
  return scope && [...new Set(scope.split(' '))].join(' ')
}

/**
 * The case that is nearly every case, without the core: a good secret asks for nothing it may not
 * have. It only ever says yes, by the same rules as the core's options; whatever it does not issue a
 * token for, the core judges. Measured: a third of the CPU time beside the signature.
 */
export function quickGrant(
  options: OAuthOptions,
): (form: Form, login: Login) => Promise<object> | undefined {
  const { key, lookups, tokenType } = options
  const header = encode({ alg: key.alg, typ: tokenType, kid: key.kid })
  return (form, login) => {
    if (login.presented.method !== 'client_secret_basic' || !isPlain(form, login)) return undefined
    const { clientId, secret } = login.presented
    const account = lookups.account(clientId)
    const verdict = checkSecret(account, secret, { peppers: lookups.peppers, now: lookups.now() })
    if (!verdict.ok || !account) return undefined
    const scope = asSet(one(form, 'scope'))
    const audiences = wantedAudiences(login, options)
    if ((scope && !isHeld(account, scope)) || !mayHave(account, audiences, options))
      return undefined
    Object.assign(login, { account, verdict, audiences, credential: verdict.credential })
    login.lifetimeSeconds = lifetimeOf(login, options)
    const data = `${header}.${encode(accessClaims({ login, account }, scope, options))}`
    const answer = async () => ({
      access_token: `${data}.${(await key.sign(Buffer.from(data))).toString('base64url')}`,
      expires_in: login.lifetimeSeconds,
      ...(scope && { scope }),
      token_type: 'Bearer',
    })
    return answer()
  }
}
