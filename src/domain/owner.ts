/**
 * Who something belongs to: nobody, or a place of the tree. The text is also the scope in which it is
 * listed; of an environment it is `environment:<projectId>:<envId>`.
 */
export type Owner = 'root' | `company:${string}` | `project:${string}` | `environment:${string}`
