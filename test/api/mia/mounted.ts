import { miaRouter } from '../../../src/api/mia/router.ts'

const unused = () => {
  throw new Error('no request was made')
}

/** Method and path of all that the router of this dialect answers. */
export function mountedRoutes(): readonly (readonly [method: string, path: string])[] {
  const router = miaRouter({
    issuer: '',
    audience: '',
    check: unused,
    personOf: unused,
    onUse: unused,
    now: unused,
    ensureFresh: unused,
    refresh: unused,
    clientKeys: {
      keyByDigest: unused,
      refresh: unused,
      peppers: [],
      now: unused,
      onUse: unused,
      publicKeys: [],
      isRequired: true,
    },
    checkOpen: unused,
    live: unused,
    registration: { assertOpen: unused, take: unused },
    contextFor: unused,
    onAnswer: unused,
    onFailure: unused,
  })
  return router.stack.flatMap(({ methods, path }) =>
    methods.map((method) => [method, String(path)] as const),
  )
}
