import { type AuditAction, auditActions } from './actions.ts'

/** What an entry comes to for what it is about. */
export const operations = ['Creation', 'Edit', 'Deletion'] as const

/** One of them. */
export type Operation = (typeof operations)[number]

function isAuditAction(name: string): name is AuditAction {
  return Object.hasOwn(auditActions, name)
}

/** Every action that can stand in the log. */
export const auditActionNames: readonly AuditAction[] =
  Object.keys(auditActions).filter(isAuditAction)

const byVerb: Readonly<Record<string, Operation>> = {
  create: 'Creation',
  invite: 'Creation',
  delete: 'Deletion',
}

/** What an action comes to; a credential is a part of its account, which is edited. */
export function operationOf(action: AuditAction): Operation {
  const [noun = '', verb = ''] = action.split('.')
  return noun === 'credential' ? 'Edit' : (byVerb[verb] ?? 'Edit')
}
