import { type Document, renderDocument } from '../http/documents.ts'
import { metadata } from '../oauth/metadata.ts'
import type { Services } from './services.ts'

const jwksMaxAgeSeconds = 300

/** What is served to everybody: metadata and keys, rendered for the keys of this moment. */
export function discoveryDocuments({
  issuer,
  settings,
  keyring,
}: Pick<Services, 'issuer' | 'settings' | 'keyring'>): ReadonlyMap<string, Document> {
  const maxAge = Math.min(jwksMaxAgeSeconds, settings.signing.publishSeconds)
  const isFapi = settings.oauth.profile === 'fapi'
  const discovery = renderDocument(
    metadata(issuer, isFapi, keyring.current.alg),
    'application/json; charset=utf-8',
    maxAge,
  )
  const keys = { keys: keyring.published }
  const jwks = renderDocument(keys, 'application/jwk-set+json', maxAge)
  return new Map([
    ['/.well-known/openid-configuration', discovery],
    ['/.well-known/oauth-authorization-server', discovery],
    ['/.well-known/jwks.json', jwks],
    ['/openid/v1/jwks', jwks],
  ])
}
