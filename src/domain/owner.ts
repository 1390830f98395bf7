import type { Id } from './ids.ts'

/** Who something belongs to. The text is also the scope in which it is listed. */
export type Owner =
  | 'root'
  | `company:${Id<'company'>}`
  | `project:${Id<'project'>}`
  | `environment:${Id<'environment'>}`
