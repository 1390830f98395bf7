import { createPublicKey } from 'node:crypto'
import { expect, test } from '@jest/globals'
import { jwsAlgorithms, keyRecipes } from '../../src/signing/algorithms.ts'

test('an ES256 signature is R and S side by side, whatever their lengths', async () => {
  const key = await keyRecipes.ES256.make()
  const publicKey = createPublicKey(key)
  const { sign, verify } = jwsAlgorithms.ES256
  let withLeadingZero = 0
  for (let n = 0; n < 3000; n += 1) {
    const data = Buffer.from(`message ${n}`)
    const signature = await sign(key, data)
    expect(signature).toHaveLength(64)
    expect(verify(publicKey, data, signature)).toBe(true)
    if (signature[0] === 0 || signature[32] === 0) withLeadingZero += 1
  }
  expect(withLeadingZero).toBeGreaterThan(0)
})
