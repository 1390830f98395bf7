import type { ProblemCode } from './problem.ts'

interface Explained {
  readonly meaning: string
  readonly remedy: string
}

/** What each code means and what to do about it, for the manual. */
export const problems: { readonly [C in ProblemCode]: Explained } = {
  'request.invalid': {
    meaning: 'a parameter or member is missing, unknown, or not as it must be',
    remedy: 'correct what `field` names, as the message says',
  },
  'request.malformed': {
    meaning:
      'the request is not what HTTP or JSON allow, or a header or a member of an object stands there twice',
    remedy:
      'send one of each header and a body that is valid JSON in UTF-8, with one of each member',
  },
  'permission.unknown': {
    meaning: 'a permission that was given does not exist',
    remedy: 'take a name from the table of permissions; separate several by commas',
  },
  'key.invalid': {
    meaning: 'a public key cannot be used for logins',
    remedy: 'send an RSA (2048 to 8192 bits), P-256 or Ed25519 public key as JWK or PEM',
  },
  'account.method_mismatch': {
    meaning: 'a secret or key does not fit the way in which the account logs in',
    remedy: 'make an account of the other method: the method never changes',
  },
  'actor.unauthenticated': {
    meaning: 'the access token is missing, expired, revoked, or for another audience',
    remedy: 'fetch a new token for the audience of this server',
  },
  'client_key.refused': {
    meaning: 'the Client-key header is missing where it is needed, or names no application',
    remedy:
      'send a key that the list of client keys shows as enabled, or leave the header out where it is optional',
  },
  'actor.forbidden': {
    meaning: 'the account or its token lacks a permission',
    remedy:
      'ask for the permission that the message names, or for a token without a narrower scope',
  },
  'grant.exceeds_own': {
    meaning: 'a permission or audience would be granted, or used, that the caller does not hold',
    remedy: 'let an account do this that holds as much itself',
  },
  'account.not_found': {
    meaning: 'there is no live account with this client id',
    remedy: 'list the accounts, and check the id',
  },
  'account.last_manager': {
    meaning: 'nobody could log in and manage accounts any more',
    remedy:
      'give `console.root.serviceaccount.manage` to another account that can log in, then do this again',
  },
  'company.last_owner': {
    meaning: 'nobody could log in any more who owns the company',
    remedy: 'give the role `company-owner` to somebody else who can log in, then do this again',
  },
  'account.wrong_move': {
    meaning: 'the account cannot come to that state from the one that it is in',
    remedy: 'move it by way of the states that the message names',
  },
  'company.not_found': {
    meaning: 'there is no company with this id, or none that you may know of',
    remedy: 'list the companies that you may see; ask its owner for a role',
  },
  'project.not_found': {
    meaning: 'there is no project with this id in what you may know of',
    remedy: 'list the projects of the company; ask its owner for a role',
  },
  'environment.not_found': {
    meaning: 'the project has no environment with this id',
    remedy: 'read the project: it lists its environments',
  },
  'role.not_found': {
    meaning: 'the company has no role of its own with this id',
    remedy: 'list the roles of the company; the six that all have are at /api/roles',
  },
  'subject.not_found': {
    meaning: 'there is no account, person or group with this id in what you may know of',
    remedy: 'list the identities of the company, and check the id',
  },
  'resource.not_found': {
    meaning: 'there is no company, project or environment with this id in what you may know of',
    remedy: 'name a company or a project by its id, an environment as `projectId:envId`',
  },
  'role.in_use': {
    meaning: 'somebody holds the role',
    remedy: 'take it from everybody who holds it, or give them another, then delete it',
  },
  'user.not_found': {
    meaning: 'there is no person with this id where you look for one',
    remedy:
      'list the people of the company, and check the id; invite by mail address who is not there',
  },
  'group.not_found': {
    meaning: 'the company has no group with this id',
    remedy: 'list the groups of the company, and check the id',
  },
  'member.is_self': {
    meaning: 'nobody changes or ends their own part in a project',
    remedy: 'let somebody else do it who manages the members of the project',
  },
  'credential.not_found': {
    meaning: 'the account has no credential with this id',
    remedy: 'list its credentials, and check the id',
  },
  'client_key.not_found': {
    meaning: 'there is no client key with this id',
    remedy: 'list the client keys, and check the id',
  },
  'issuer.not_found': {
    meaning: 'there is no trusted issuer with this id',
    remedy: 'list the issuers, and check the id',
  },
  'token.not_found': {
    meaning: 'the account has no token with this id',
    remedy: 'list the tokens of the account, and check the id',
  },
  'status_list.not_found': {
    meaning: 'there is no status list with this id',
    remedy: 'take the address from the `status` of a token, as it stands there',
  },
  'route.not_found': {
    meaning: 'there is nothing at this path',
    remedy: 'check the path; a slash at the end makes another one',
  },
  'method.not_allowed': {
    meaning: 'the path exists, but not with this method',
    remedy: 'use one that the Allow header names',
  },
  'name.taken': {
    meaning:
      'another live account, client key or issuer has this name (or its issuer is trusted already); case and width of letters do not count',
    remedy: 'choose another name',
  },
  'key.taken': {
    meaning: 'the account has a key with this kid already',
    remedy: 'give the new key another kid, or delete the former one',
  },
  'credential.limit': {
    meaning: 'the account has as many live credentials as it may have',
    remedy: 'delete one, or raise credentials.maxLive',
  },
  'token.limit': {
    meaning: 'the account has as many tokens as it may have',
    remedy: 'delete those that nothing uses any more: the list tells when each was last used',
  },
  'token.regenerated': {
    meaning: 'somebody else made a new value of the token in this moment; this one was not made',
    remedy: 'read the token, and regenerate it again if the other value is not yours to use',
  },
  'client_key.limit': {
    meaning: 'there are as many client keys as there may be',
    remedy: 'delete those that nothing uses any more: the list tells when each was last used',
  },
  'group.limit': {
    meaning: 'the company has as many groups, or the group as many members, as there may be',
    remedy: 'take out who is needed there no longer, or make another group',
  },
  'environment.limit': {
    meaning: 'the project has as many environments as it may have',
    remedy: 'delete those that nobody uses any more, or make another project',
  },
  'project.limit': {
    meaning:
      'the company has as many projects as it may have, or whoever asks has made as many as anybody may',
    remedy: 'delete those that nobody uses any more, or ask who may make projects in that company',
  },
  'role.limit': {
    meaning: 'the company has as many roles of its own as it may have',
    remedy: 'delete those that nobody holds any more',
  },
  'issuer.limit': {
    meaning: 'there are as many trusted issuers as there may be',
    remedy: 'delete those that nobody signs in with any more',
  },
  'issuer.configured': {
    meaning: 'the settings name this issuer, and they win',
    remedy: 'change it in `people.issuers` of the settings',
  },
  'registration.closed': {
    meaning: 'nobody can register here: it is switched off, or its company is not there',
    remedy: 'let an operator make the account, or set `register.enabled` and `register.companyId`',
  },
  'registration.throttled': {
    meaning: 'too many have registered within a minute, from this address or from all',
    remedy: 'try again after Retry-After seconds',
  },
  'record.conflict': {
    meaning: 'others changed the same thing again and again at the same moment',
    remedy: 'read it again, then repeat the change',
  },
  'version.stale': {
    meaning:
      'it changed since the version that If-Match names, or another condition of the request does not hold',
    remedy: 'read it again, decide anew, and send the new ETag',
  },
  'request.too_large': {
    meaning: 'the body is larger than the limit',
    remedy: 'send less in one request',
  },
  'media.unsupported': {
    meaning: 'the body is of another type, charset or coding',
    remedy: 'send application/json in UTF-8 without Content-Encoding',
  },
  'host.misdirected': {
    meaning: 'the Host header is not one of this server',
    remedy: 'call the issuer, or add the name to http.allowedHosts',
  },
  'server.failed': {
    meaning: 'a fault of the server',
    remedy: 'look for the request id in its log',
  },
  'store.unavailable': {
    meaning: 'the store does not answer, or what is known of it is too old',
    remedy: 'try again after Retry-After seconds; see to the store',
  },
  'store.full': {
    meaning: 'the disk of the store is full; nothing was written',
    remedy: 'make room, then try again',
  },
  'store.damaged': {
    meaning: 'the store holds something that cannot be read',
    remedy: 'restore it from a backup, or use the release that wrote it',
  },
}
