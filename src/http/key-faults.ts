import type { KeyFault, PlainKeyFault } from '../domain/credentials/key-fault.ts'

/** Each goes on from where the key stands: ` is …`, or `.member must …`. */
const plain: { readonly [F in PlainKeyFault]: string } = {
  private: ' is a private key: send only the public half',
  mislabelled_certificate:
    ' is a certificate under a heading of a private key: its heading must be BEGIN CERTIFICATE',
  unreadable: ' must be a JWK or a PEM public key (BEGIN PUBLIC KEY)',
  escaped_lines: ' has \\n where its lines end: send PEM with real line breaks',
  one_line: ' is PEM on one line: its headings must stand on lines of their own',
  openssh: ' is an OpenSSH key: convert it to PEM (ssh-keygen -e -m PKCS8)',
  json_text: ' is JSON within a text: send the JWK itself, as an object',
  pss: ' is an RSA key for PSS only: send it as a plain RSA key (rsaEncryption); that signs PS256 too',
  no_object: ' must be a JWK, which is an object',
  key_set: ' is a set of keys: send one of its keys',
  certificates_alone:
    ' has only x5c: send the members of the key too (n and e; or crv, x and y), or its certificate in PEM',
  no_jwk: ' is not a valid JWK of type RSA, EC (P-256) or OKP (Ed25519)',
  type: ' must be of type RSA, EC (P-256) or OKP (Ed25519)',
  use: '.use must be sig',
  operations: '.key_ops must include verify',
  even_modulus: '.n must be odd: an even number is no RSA modulus',
  exponent: '.e must be odd, from 3 to 4294967295 (usually AQAB, which is 65537)',
  kid_twice: '.kid is that of a key before it of the same type',
}

function rest(details: Exclude<KeyFault, { readonly fault: PlainKeyFault }>): string {
  switch (details.fault) {
    case 'heading':
      return ` has the heading ${details.heading}: expected PUBLIC KEY or CERTIFICATE`
    case 'several':
      return ` holds ${details.count} public keys: send one of them`
    case 'private_member':
      return `.${details.member} belongs to a private key: send only the public half`
    case 'member':
      return `.${details.member} must be a text in base64url (RFC 7518 §6)`
    case 'algorithm':
      return `.alg must be ${details.allowed.join(' or ')} for this type of key`
    case 'curve':
      return `.crv must be ${details.allowed.join(' or ')}`
    case 'kid':
      return `.kid must be a text of at most ${details.mostCharacters} characters, all of which are seen`
    case 'modulus':
      return ` must have ${details.allowed.join(' to ')} bits; this has ${details.bits}`
  }
}

function isPlain(details: KeyFault): details is { readonly fault: PlainKeyFault } {
  return details.fault in plain
}

/** What is wrong with a public key, in words; `at` says where it stands, such as `publicKey`. */
export function keyFaultWords(details: KeyFault, at: string): string {
  return `${at}${isPlain(details) ? plain[details.fault] : rest(details)}`
}
