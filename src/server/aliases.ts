import type { Aliases } from '../http/aliases.ts'
import { paths } from '../oauth/provider.ts'

/**
 * The short path is what many OAuth clients take for granted; the console's own clients say tenant for
 * company, and read some of it at a path of its back end.
 */
export const aliases: Aliases = {
  paths: new Map([
    ['/oauth/token', paths.token],
    ['/api/tenants', '/api/companies'],
    ['/clients/', '/clients'],
    ['/docs/', '/docs'],
    ['/api/backend/tenants/', '/api/companies'],
    ['/api/backend/projects/', '/api/projects'],
  ]),
  prefixes: [
    ['/api/tenants/', '/api/companies/'],
    ['/api/backend/projects/', '/api/projects/'],
  ],
}

/** The paths by which some others are reached besides, each with the one that it means. */
export function aliasesOf(described: readonly string[]): readonly (readonly [string, string])[] {
  const whole = [...aliases.paths].filter(([, meant]) => described.includes(meant))
  const below = aliases.prefixes.flatMap(([given, meant]) =>
    described
      .filter((path) => path.startsWith(meant))
      .map((path) => [`${given}${path.slice(meant.length)}`, path] as const),
  )
  return [...whole, ...below]
}
