import { Secret } from '../../src/domain/secret.ts'

export const passphrase = new Secret('correct horse battery staple')
export const otherPassphrase = new Secret('incorrect horse battery staple')
