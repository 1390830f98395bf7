import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { inspect } from 'node:util'
import { describe, expect, test } from '@jest/globals'
import { Secret } from '../../src/domain/secret.ts'
import { importKey } from '../../src/signing/import.ts'
import { openKeyring } from '../../src/signing/keyring.ts'
import { listKeys } from '../../src/signing/list.ts'
import { rotate } from '../../src/signing/rotate.ts'
import { keysFolder, only } from './folder.ts'
import { otherPassphrase, passphrase } from './secrets.ts'

const rsa = (modulusLength = 2048) => generateKeyPairSync('rsa', { modulusLength })
const ec = (namedCurve = 'P-256') => generateKeyPairSync('ec', { namedCurve })
const ed25519 = () => generateKeyPairSync('ed25519')

function pemOf(key: KeyObject, type: 'pkcs8' | 'pkcs1' | 'sec1' = 'pkcs8') {
  return new Secret(key.export({ format: 'pem', type }).toString())
}

function encrypted(key: KeyObject, phrase = passphrase) {
  const options = { format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc' } as const
  return new Secret(key.export({ ...options, passphrase: phrase.reveal() }).toString())
}

async function importing() {
  const folder = await keysFolder()
  const options = { ...folder.options, alg: undefined, publishSeconds: 600 }
  return { ...folder, options }
}

describe('an imported key', () => {
  const forms: readonly (readonly [string, () => Secret, object])[] = [
    ['RSA, PKCS#8', () => pemOf(rsa().privateKey), { alg: 'RS256', size: '2048 bits' }],
    ['RSA, PKCS#1', () => pemOf(rsa().privateKey, 'pkcs1'), { alg: 'RS256', size: '2048 bits' }],
    ['P-256, PKCS#8', () => pemOf(ec().privateKey), { alg: 'ES256', size: 'P-256' }],
    ['P-256, SEC1', () => pemOf(ec().privateKey, 'sec1'), { alg: 'ES256', size: 'P-256' }],
    ['Ed25519', () => pemOf(ed25519().privateKey), { alg: 'EdDSA', size: 'Ed25519' }],
  ]

  test.each(forms)('of %s is accepted, and signs', async (_, pem, expected) => {
    const { options } = await importing()
    const { made, key } = await importKey({ ...options, pem: pem() })
    expect(made).toBe(true)
    expect(key).toMatchObject(expected)
    const ring = await openKeyring({ ...options, alg: 'ES256' })
    expect(await ring.current.sign(Buffer.from('data'))).toBeInstanceOf(Buffer)
  })

  test('may have its certificate and words beside it, as other programs write them', async () => {
    const { options } = await importing()
    const cert = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n'
    const parameters =
      '-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n'
    const key = pemOf(ec().privateKey, 'sec1').reveal()
    const pem = new Secret(`Bag Attributes\n${cert}${parameters}${key}${cert}`)
    expect((await importKey({ ...options, pem })).key.alg).toBe('ES256')
  })

  test('signs at once where there is no other', async () => {
    const { options } = await importing()
    const { key } = await importKey({ ...options, pem: pemOf(ec().privateKey) })
    expect(key.state).toEqual({ phase: 'current' })
  })

  test('becomes the next key where there is one, and signs after the publishing time', async () => {
    const { options, now, rotate: turn } = await importing()
    await turn(0)
    const { key } = await importKey({ ...options, pem: pemOf(ec().privateKey) })
    expect(key.state).toEqual({ phase: 'next', signsFrom: now() + 600_000 })
  })

  test('signs now when asked to', async () => {
    const { options, pass, rotate: turn } = await importing()
    await turn(0)
    pass(1)
    const pem = pemOf(ec().privateKey)
    const { key } = await importKey({ ...options, publishSeconds: 0, pem })
    expect(key.state).toEqual({ phase: 'current' })
  })

  test('of RSA signs with PS256 when asked to', async () => {
    const { options } = await importing()
    const { key } = await importKey({ ...options, alg: 'PS256', pem: pemOf(rsa().privateKey) })
    expect(key.alg).toBe('PS256')
  })

  test('that the folder has already changes nothing, and says so', async () => {
    const { options, files } = await importing()
    const pem = pemOf(ec().privateKey)
    const { key } = await importKey({ ...options, pem })
    const before = await files()
    expect(await importKey({ ...options, pem })).toEqual({ made: false, key })
    expect(await files()).toEqual(before)
  })

  test('is opened with its own passphrase', async () => {
    const { options } = await importing()
    const pem = encrypted(rsa().privateKey)
    const { key } = await importKey({ ...options, pem, pemPassphrase: passphrase })
    expect(key).toMatchObject({ alg: 'RS256', isEncrypted: false })
  })

  test('is opened with the passphrase of the folder when it has none of its own', async () => {
    const { options } = await importing()
    const { key } = await importKey({ ...options, pem: encrypted(ec().privateKey), passphrase })
    expect(key).toMatchObject({ alg: 'ES256', isEncrypted: true })
  })

  test('leaves nothing behind when it is refused', async () => {
    const { options } = await importing()
    await expect(importKey({ ...options, pem: new Secret('no') })).rejects.toThrow('no PEM')
    expect(await listKeys(options)).toEqual([])
  })
})

describe('an import refuses', () => {
  const refused: readonly (readonly [string, () => Secret, RegExp])[] = [
    [
      'a public key',
      () => new Secret(ec().publicKey.export({ format: 'pem', type: 'spki' }).toString()),
      /is a public key: the private key is needed/,
    ],
    ['an RSA key of 1024 bits', () => pemOf(rsa(1024).privateKey), /at least 2048 bits; .* 1024/],
    [
      'another curve',
      () => pemOf(ec('P-384').privateKey),
      /must be P-256; this one is of secp384r1/,
    ],
    [
      'another type of key',
      () => pemOf(generateKeyPairSync('x25519').privateKey),
      /is of type x25519: expected RSA, EC \(P-256\) or Ed25519/,
    ],
    [
      'an RSA key that is bound to PSS',
      () => pemOf(generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).privateKey),
      /is of type rsa-pss/,
    ],
    ['an encrypted key without its passphrase', () => encrypted(ec().privateKey), /is encrypted/],
    ['text that is no key', () => new Secret('{"kty":"EC"}'), /is no PEM text/],
    [
      'two private keys in one file',
      () => new Secret(pemOf(ec().privateKey).reveal() + pemOf(rsa().privateKey).reveal()),
      /the imported key is not alone: the file has 2 private keys; import each from a file of its own/,
    ],
    [
      'private keys of several forms, also one that was cut off',
      () =>
        new Secret(
          `${pemOf(ec().privateKey, 'sec1').reveal()}${encrypted(ec().privateKey).reveal()}-----BEGIN RSA PRIVATE KEY-----\n`,
        ),
      /has 3 private keys/,
    ],
    [
      'a damaged key',
      () => new Secret('-----BEGIN PRIVATE KEY-----\nTk9U\n-----END PRIVATE KEY-----\n'),
      /is damaged/,
    ],
  ]

  test.each(refused)('%s', async (_, pem, message) => {
    const { options } = await importing()
    await expect(importKey({ ...options, pem: pem() })).rejects.toThrow(message)
  })

  test.each([passphrase, undefined])('an encrypted key with a wrong passphrase', async (own) => {
    const { options } = await importing()
    const pem = encrypted(rsa().privateKey, new Secret('another one'))
    const imported = importKey({ ...options, pem, pemPassphrase: own, passphrase: otherPassphrase })
    await expect(imported).rejects.toThrow('the passphrase is another one')
  })

  test('an algorithm that the key cannot sign with', async () => {
    const { options } = await importing()
    const imported = importKey({ ...options, alg: 'PS256', pem: pemOf(ec().privateKey) })
    await expect(imported).rejects.toThrow('a key of type ec cannot sign with PS256')
  })

  test('without a word of the key in its message', async () => {
    const { options } = await importing()
    const pem = new Secret('-----BEGIN PRIVATE KEY-----\nVE9QU0VDUkVU\n-----END PRIVATE KEY-----')
    const error = await importKey({ ...options, pem }).catch((fault: unknown) => fault)
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('VE9QU0VDUkVU')
  })
})

test('a rotation after an import makes a key of the configured algorithm', async () => {
  const { options } = await importing()
  await importKey({ ...options, pem: pemOf(rsa().privateKey) })
  await rotate({ ...options, alg: 'EdDSA' })
  const algorithms = (await listKeys(options)).map(({ alg }) => alg)
  expect(algorithms).toEqual(['RS256', 'EdDSA'])
  expect(only((await listKeys(options)).slice(0, 1)).state).toEqual({ phase: 'current' })
})
