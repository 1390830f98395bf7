import { type Document, renderDocument, whenAsked } from '../http/documents.ts'
import { metadata } from '../oauth/metadata.ts'
import { openapi, openapiPlace, type Place } from './openapi.ts'
import { referencePage } from './pages/reference.ts'
import type { Services } from './services.ts'

const jwksMaxAgeSeconds = 300

const aboutServer = { summary: 'Metadata of the authorization server', type: 'application/json' }
const aboutKeys = { summary: 'The public keys of access tokens', type: 'application/jwk-set+json' }

/** Where the metadata, the keys and the page of the API are served, each under the names that readers look for. */
export const discoveryPlaces = {
  openid: { ...aboutServer, path: '/.well-known/openid-configuration', name: 'readDiscovery' },
  oauth: { ...aboutServer, path: '/.well-known/oauth-authorization-server', name: 'readMetadata' },
  keys: { ...aboutKeys, path: '/.well-known/jwks.json', name: 'readKeys' },
  clusterKeys: { ...aboutKeys, path: '/openid/v1/jwks', name: 'readClusterKeys' },
  pages: {
    path: '/docs',
    name: 'readDocs',
    summary: 'This description, to read',
    type: 'text/html',
  },
} as const satisfies Record<string, Place>

/** What is served to everybody, for the keys of this moment: by path, each rendered when it is first asked for. */
export function discoveryDocuments({
  issuer,
  settings,
  keyring,
}: Pick<Services, 'issuer' | 'settings' | 'keyring'>): ReadonlyMap<string, () => Document> {
  const maxAge = Math.min(jwksMaxAgeSeconds, settings.signing.publishSeconds)
  const isFapi = settings.oauth.profile === 'fapi'
  const json = 'application/json; charset=utf-8'
  const { alg } = keyring.current
  const keys = { keys: keyring.published }
  const discovery = whenAsked(() => renderDocument(metadata(issuer, isFapi, alg), json, maxAge))
  const jwks = whenAsked(() => renderDocument(keys, aboutKeys.type, maxAge))
  const described = () => openapi(issuer, Object.values(discoveryPlaces))
  return new Map([
    [discoveryPlaces.openid.path, discovery],
    [discoveryPlaces.oauth.path, discovery],
    [discoveryPlaces.keys.path, jwks],
    [discoveryPlaces.clusterKeys.path, jwks],
    [openapiPlace.path, whenAsked(() => renderDocument(described(), json, maxAge))],
    [discoveryPlaces.pages.path, whenAsked(() => referencePage(described(), issuer, maxAge))],
  ])
}
