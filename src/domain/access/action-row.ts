import type { Needs } from './ladder.ts'

/** What an action is done to. */
type ResourceType =
  | 'service_account'
  | 'client_key'
  | 'issuer'
  | 'pepper'
  | 'audit_log'
  | 'company'
  | 'project'
  | 'project_account'
  | 'project_user'
  | 'environment'
  | 'binding'
  | 'role'
  | 'identity'
  | 'attention'
  | 'user'
  | 'group'
  | 'token'
  | 'status_list'

/** What there is to say of an action. */
export interface ActionRow {
  /** What it is called, after `may`. */
  readonly title: string
  readonly on: ResourceType
  /** The permissions that allow it, by the level at which they are held. */
  readonly grantedBy: Needs
  /** Whether the settings can keep it from those who manage a project and do not own it. */
  readonly keptForOwners?: 'by_setting'
}
