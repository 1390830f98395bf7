import Router from '@koa/router'

const strictly = { strict: true, sensitive: true } as const

const nowhere = new Router(strictly)

function depthOf(path: string): number {
  let depth = 0
  for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) depth += 1
  return depth
}

/**
 * A router that compares a path with those of its routes alone that are as deep: none of ours has a segment that may
 * be left out, or be several. It would compare it with all of them otherwise, and leave garbage for each.
 */
export class DeepRouter extends Router {
  readonly #byDepth = new Map<number, Router>()
  #indexed = 0

  constructor() {
    super(strictly)
  }

  override match(...[path, method]: Parameters<Router['match']>): ReturnType<Router['match']> {
    if (this.#indexed !== this.stack.length) this.#index()
    const router = this.#byDepth.get(depthOf(path)) ?? nowhere
    return router.match(path, method)
  }

  #index(): void {
    for (const route of this.stack.slice(this.#indexed)) {
      const depth = depthOf(String(route.path))
      const router = this.#byDepth.get(depth) ?? new Router(strictly)
      this.#byDepth.set(depth, router)
      router.stack.push(route)
    }
    this.#indexed = this.stack.length
  }
}
