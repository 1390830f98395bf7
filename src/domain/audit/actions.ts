/** What can stand in the audit log, with what it means. */
export const auditActions = {
  'account.create': 'a service account was created',
  'account.recover': 'whoever can write the store made an account that can do everything',
  'account.update': 'name, description, permissions, audiences or state of an account changed',
  'account.delete': 'an account and its credentials were deleted',
  'account.revoke_tokens': 'all access tokens issued to an account so far were revoked',
  'credential.add': 'a secret or public key was added to an account',
  'credential.rotate': 'a new secret was made; the former ones end after the overlap',
  'credential.delete': 'a secret or public key was removed',
  'installation.create': 'the record of the whole installation was made',
  'installation.restore':
    'the store was put back to an older state: all access tokens issued before ended',
  'installation.update':
    'what holds for the whole installation changed, or an account that can manage is about to be ended',
  'credential.redigest': 'a secret that logged in was digested anew, with the current pepper',
  'client_key.create': 'a client key was created',
  'client_key.update': 'a client key was renamed, disabled or enabled',
  'client_key.delete': 'a client key was deleted',
  'company.create': 'a company was created',
  'company.update': 'name, description or state of a company changed',
  'company.delete': 'a company was deleted, and with it everything below is dead',
  'project.create': 'a project was created',
  'project.update': 'name or description of a project changed',
  'project.delete': 'a project was deleted, and with it its environments',
  'environment.create': 'an environment was created',
  'environment.update': 'name or description of an environment changed',
  'environment.delete': 'an environment was deleted',
  'account.bind': 'the roles of a service account changed',
  'client_key.redigest': 'a client key that was used was digested anew, with the current pepper',
  'issuer.create': 'an issuer is trusted: its tokens say who a person is',
  'issuer.update': 'how the tokens of an issuer are read, or whether they are taken, changed',
  'issuer.delete': 'an issuer is no longer trusted',
  'signing_key.create': 'a signing key was made or imported',
  'signing_key.update': 'a signing key begins to sign at another moment',
  'signing_key.delete': 'a signing key ended: it is over, or was taken out',
  'token.revoke': 'one access token was revoked',
  'log.checkpoint': 'the log as far as it had come was signed with the current signing key',
  'login.refused': 'logins were refused: folded by client, reason and minute',
} as const satisfies Record<string, string>

/** The name of what happened. */
export type AuditAction = keyof typeof auditActions
