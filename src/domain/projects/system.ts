import type { Context } from '../context.ts'

/** As the server itself does what follows from a project that somebody made. */
export function asSystem(ctx: Context): Context {
  return { ...ctx, actor: { kind: 'system', name: 'projects' } }
}
