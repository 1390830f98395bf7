import { expect, test } from '@jest/globals'
import { IssuerShelf } from '../../src/directory/issuer-shelf.ts'
import { noon, sampleIssuer } from '../domain/samples.ts'

test('an issuer is known while it is enabled and there, and an older version changes nothing', () => {
  const shelf = new IssuerShelf()
  const first = sampleIssuer()
  const known = () => shelf.get(first.issuer)?.version
  shelf.put(first)
  expect(known()).toBe(1)
  shelf.put({ ...first, version: 2, state: 'disabled' })
  shelf.put(first)
  expect(known()).toBeUndefined()
  shelf.put({ ...first, version: 3 })
  expect(known()).toBe(3)
  shelf.put({ ...first, version: 4, live: false, purgeAfter: noon })
  expect(known()).toBeUndefined()
  shelf.forget(noon + 1)
  shelf.put(first)
  expect(known()).toBe(1)
  shelf.drop(first.id)
  expect(known()).toBeUndefined()
})
