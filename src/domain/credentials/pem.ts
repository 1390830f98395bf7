import { createPublicKey, type KeyObject, X509Certificate } from 'node:crypto'
import { Problem } from '../problem.ts'
import type { KeyFault, PlainKeyFault } from './key-fault.ts'

const headings = /-----BEGIN ([A-Z0-9 ]{1,40})-----/g
const longestHeading = 40

function isCertificate(pem: string): boolean {
  const body = pem.replace(/-----[^-]*-----/g, '').replace(/\s/g, '')
  try {
    return new X509Certificate(Buffer.from(body, 'base64')).serialNumber !== ''
  } catch {
    return false
  }
}

/** Of several, nobody could tell which is meant. Certificates may follow: a chain begins with its own. */
function severalFault(found: readonly string[]): KeyFault | undefined {
  const { length: count } = found.filter((heading) => heading.endsWith('PUBLIC KEY'))
  return count > 1 ? { fault: 'several', count } : undefined
}

/** What a text is by its headings, when it is nothing that could be read. Nothing of it is kept. */
function headingFault(pem: string): KeyFault | undefined {
  const found = [...pem.matchAll(headings)].map(([, heading = '']) => heading)
  const secret = found.find((heading) => heading.includes('PRIVATE'))
  if (secret !== undefined && isCertificate(pem)) return { fault: 'mislabelled_certificate' }
  if (secret !== undefined) return { fault: 'private' }
  const other = found.find((heading) => !/^(?:RSA )?PUBLIC KEY$|CERTIFICATE$/.test(heading))
  return other === undefined
    ? severalFault(found)
    : { fault: 'heading', heading: other.slice(0, longestHeading) }
}

/** Texts that are something else than PEM, and what each of them is. */
const otherTexts: readonly (readonly [RegExp, PlainKeyFault])[] = [
  [/-----BEGIN [^\\]*\\n/, 'escaped_lines'],
  [/-----BEGIN [A-Z0-9 ]+-----[^\r\n]*-----END/, 'one_line'],
  [/^\s*(?:ssh-|ecdsa-sha2-|sk-)/, 'openssh'],
  [/^\s*[{[]/, 'json_text'],
]

function textFault(text: string): KeyFault {
  return { fault: otherTexts.find(([form]) => form.test(text))?.[1] ?? 'unreadable' }
}

function importPem(pem: string): KeyObject {
  try {
    return createPublicKey(pem)
  } catch (cause) {
    throw new Problem('key.invalid', textFault(pem), cause)
  }
}

/** Node knows keys that no JWK holds: another kind of RSA key, other curves, other kinds. */
function exportFault({ asymmetricKeyType }: KeyObject): KeyFault {
  if (asymmetricKeyType === 'rsa-pss') return { fault: 'pss' }
  return asymmetricKeyType === 'ec' ? { fault: 'curve', allowed: ['P-256'] } : { fault: 'type' }
}

/** Reads the public key of PEM text, or of a certificate in PEM. Fails with `key.invalid`. */
export function jwkFromPem(text: string): Readonly<Record<string, unknown>> {
  const pem = text.replace(/^\ufeff/, '')
  const fault = headingFault(pem)
  if (fault) throw new Problem('key.invalid', fault)
  const key = importPem(pem)
  try {
    return { ...key.export({ format: 'jwk' }) }
  } catch (cause) {
    throw new Problem('key.invalid', exportFault(key), cause)
  }
}
