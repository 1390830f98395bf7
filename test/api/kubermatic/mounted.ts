import { kubermaticRouter } from '../../../src/api/kubermatic/router.ts'

const unused = () => {
  throw new Error('no request was made')
}

/** Method and path of all that the router of this dialect answers. */
export function mountedProjectRoutes(): readonly (readonly [method: string, path: string])[] {
  const router = kubermaticRouter({
    issuer: '',
    audience: '',
    check: unused,
    personOf: unused,
    onUse: unused,
    now: unused,
    ensureFresh: unused,
    refresh: unused,
    contextFor: unused,
    onAnswer: unused,
    onFailure: unused,
  })
  return router.stack.flatMap(({ methods, path }) =>
    methods.map((method) => [method, String(path)] as const),
  )
}
