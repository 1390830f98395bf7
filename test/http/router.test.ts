import { expect, test } from '@jest/globals'
import { DeepRouter } from '../../src/http/router.ts'
import { mountedProjectRoutes as ofKubermatic } from '../api/kubermatic/mounted.ts'
import { mountedRoutes as ofMia } from '../api/mia/mounted.ts'

const found = (router: DeepRouter, path: string, method = 'GET') => {
  const { path: named, pathAndMethod } = router.match(path, method)
  return [named.map((route) => String(route.path)), pathAndMethod.length]
}

test('a path finds the routes that are as deep as it is, in their order, and no others', () => {
  const router = new DeepRouter()
  for (const path of ['/a', '/a/:b', '/a/b', '/a/:b/c', '/a/']) router.register(path, ['GET'], [])
  expect(found(router, '/a')).toEqual([['/a'], 1])
  expect(found(router, '/a/b')).toEqual([['/a/:b', '/a/b'], 2])
  expect(found(router, '/a/b', 'PUT')).toEqual([['/a/:b', '/a/b'], 0])
  expect(found(router, '/a/')).toEqual([['/a/'], 1])
  for (const path of ['/', '/a/b/d', '/a/b/c/', '/a/b/c/d/e/f']) {
    expect(found(router, path)).toEqual([[], 0])
  }
})

test('a route that is added after the first request is found too', () => {
  const router = new DeepRouter()
  router.register('/a', ['GET'], [])
  expect(found(router, '/a/b')).toEqual([[], 0])
  router.register('/a/b', ['GET'], [])
  expect(found(router, '/a/b')).toEqual([['/a/b'], 1])
})

test.each([...ofMia(), ...ofKubermatic()])(
  '%s %s has as many segments as the paths that it is for',
  (_, path) => {
    expect(path).toMatch(/^(\/:?[\w.-]*)+$/)
  },
)
