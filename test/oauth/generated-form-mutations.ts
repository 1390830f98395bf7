import { type Draft, type Mutation, set } from './generated-requests.ts'
import type { Random } from './seeded.ts'

const param =
  (name: string, value: (random: Random, draft: Draft) => string): Mutation =>
  (draft, random) => {
    draft.form.push([name, value(random, draft)])
  }
const http =
  (name: string, value: (random: Random) => string): Mutation =>
  (draft, random) => {
    draft.headers[name] = value(random)
  }

const grant =
  (type: string): Mutation =>
  ({ form }) => {
    form[0] = ['grant_type', type]
  }
const ofForms: readonly [string, Mutation][] = [
  ['a scope', param('scope', () => 'console.root.view')],
  ['a scope twice', param('scope', () => 'console.root.view console.root.view')],
  ['a foreign scope', param('scope', () => 'console.company.view')],
  ['a strange scope', param('scope', (r) => r.pick([' ', 'x  y', '"', '\u00e4', 'x\ty']))],
  ['an audience', param('audience', () => 'urn:example:api')],
  ['a foreign audience', param('audience', (r) => r.pick(['urn:other', ' ', '*']))],
  ['a resource', param('resource', () => 'urn:example:api')],
  ['the method', param('token_endpoint_auth_method', () => 'private_key_jwt')],
  ['an unknown parameter', param('x', () => 'y')],
  ['another client_id', param('client_id', (r) => r.pick(['x', ' ', '\0']))],
  ['a client_secret', param('client_secret', () => 'x')],
  ['an assertion type', param('client_assertion_type', (r) => r.pick(['x', '', 'urn:ietf:x']))],
  ['an empty secret', param('client_secret', () => '')],
  ['an empty parameter', param('x', () => '')],
  ['an empty scope', param('scope', () => '')],
  ['an empty audience', param('audience', () => '')],
  ['an empty resource', param('resource', () => '')],
  ['an empty assertion', param('client_assertion', () => '')],
  ['another grant', grant('password')],
  ['no grant', (d) => void d.form.shift()],
  ['a grant with blanks', grant(' client_credentials')],
  ['a question mark', set('write', () => (body) => `?${body}`)],
  ['separators', set('write', () => (body) => `&&${body}&=&&`)],
  ['a semicolon', set('write', () => (body) => `${body};x=y`)],
  ['a stray percent', set('write', () => (body) => `${body}&audience=%`)],
  ['no UTF-8', set('write', () => (body) => `${body}&audience=%E4`)],
  ['a mark before', set('write', () => (body) => `\ufeff${body}`)],
]

const ofHttp: readonly [string, Mutation][] = [
  ['a charset', http('content-type', () => 'application/x-www-form-urlencoded;charset=UTF-8')],
  [
    'a quoted charset',
    http('content-type', () => 'application/x-www-form-urlencoded; charset="utf-8"'),
  ],
  [
    'a charset like ASCII',
    http('content-type', () => 'application/x-www-form-urlencoded; charset=ISO-8859-1'),
  ],
  [
    'odd parameters',
    http(
      'content-type',
      (r) => `application/x-www-form-urlencoded${r.pick([';', ';;', '; x', ';x=y', ';x="'])}`,
    ),
  ],
  ['an attestation', http('oauth-client-attestation', () => 'x')],
  ['a proof of one', http('oauth-client-attestation-pop', () => 'x')],
  ['a DPoP proof', http('dpop', () => 'x')],
  ['a method of Basic', http('authorization', (r) => r.pick(['Basic eDp5', 'Bearer x', 'Basic']))],
  ['an origin', http('origin', () => 'https://other.example')],
  ['a wish for HTML', http('accept', () => 'text/html')],
]

/** What can be changed of the form of a good request, and of its headers. */
export const formMutations: readonly [string, Mutation][] = [...ofForms, ...ofHttp]
