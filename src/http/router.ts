import Router from '@koa/router'

const strictly = { strict: true, sensitive: true } as const

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
  #byDepth = new Map<number, Router['stack']>()
  #indexed = 0

  constructor() {
    super(strictly)
  }

  override match(...[path, method]: Parameters<Router['match']>): ReturnType<Router['match']> {
    if (this.#indexed !== this.stack.length) this.#index()
    const here = this.#byDepth.get(depthOf(path))?.filter((route) => route.match(path)) ?? []
    const pathAndMethod = here.filter(({ methods }) => methods.includes(method))
    return { path: here, pathAndMethod, route: pathAndMethod.length > 0 }
  }

  #index(): void {
    this.#byDepth = Map.groupBy(this.stack, ({ path }) => depthOf(String(path)))
    this.#indexed = this.stack.length
  }
}
