/** What is wrong with a public key, where nothing more is to be said of it. */
export type PlainKeyFault =
  | 'private'
  | 'mislabelled_certificate'
  | 'unreadable'
  | 'escaped_lines'
  | 'one_line'
  | 'openssh'
  | 'json_text'
  | 'pss'
  | 'no_object'
  | 'key_set'
  | 'certificates_alone'
  | 'no_jwk'
  | 'type'
  | 'use'
  | 'operations'
  | 'even_modulus'
  | 'exponent'
  | 'kid_twice'

/** What is wrong with a public key. Nothing in it is of the key but names and sizes. */
export type KeyFault =
  | { readonly fault: PlainKeyFault }
  | { readonly fault: 'heading'; readonly heading: string }
  | { readonly fault: 'several'; readonly count: number }
  | { readonly fault: 'private_member' | 'member'; readonly member: string }
  | { readonly fault: 'algorithm' | 'curve'; readonly allowed: readonly string[] }
  | { readonly fault: 'kid'; readonly mostCharacters: number }
  | {
      readonly fault: 'modulus'
      readonly bits: number
      readonly allowed: readonly [number, number]
    }
