import type { InputRule, ProblemCode, ProblemDetails } from '../../domain/problem.ts'
import { problems } from '../../domain/problem-meanings.ts'
import { keyFaultWords } from '../../http/key-faults.ts'
import type { Saying, Words } from '../../http/problems.ts'

/** What the table of all problems says of one that this dialect has no words of its own for. */
function usual(code: ProblemCode, status: number): readonly [number, () => Saying] {
  return [status, () => ({ message: problems[code].meaning })]
}

/** Whose projects are bounded. */
const projectsOf = { company: 'a company can have', maker: 'a user can create' } as const

type WordsOfRules = {
  readonly [R in InputRule['rule']]?: (details: Extract<InputRule, { rule: R }>) => string
}

const rules: WordsOfRules = {
  group_is_for_accounts: ({ group }) => `invalid group name ${group}`,
  group_is_there: ({ group }) => `invalid group name ${group}`,
  owners_are_named: () => 'owner user email list required for project creation by Service Account',
  owners_are_people: () => 'user email list should contain only human users',
  member_is_new: ({ email, projectId }) =>
    `cannot add the user ${email} to the project ${projectId} because user is already in the project`,
  name_is_plain: () => 'the name cannot contain any of the characters | " < > { } [ ] ` \\ \' ; &',
  name_is_seen: ({ position, code }) =>
    `character ${position} of the name (${code}) is not seen, or turns what is; leave it out`,
}

function ruleWords<R extends InputRule['rule']>(
  details: Extract<InputRule, { readonly rule: R }> & { readonly rule: R },
): string {
  const say: ((given: typeof details) => string) | undefined = rules[details.rule]
  return say?.(details) ?? problems['request.invalid'].meaning
}

function invalid(details: ProblemDetails['request.invalid']): Saying {
  if ('rule' in details) return { message: ruleWords(details) }
  return { message: details.said }
}

const refusedToken: Readonly<Record<ProblemDetails['actor.unauthenticated']['why'], string>> = {
  missing: 'not authorized',
  malformed: 'access denied, invalid token: expected Bearer and a token',
  refused: 'access denied, invalid token: it is none, has expired or has been revoked',
  inactive: 'access denied, invalid token: its holder is no longer active',
  wrong_audience: 'access denied, invalid token: it is for another audience',
}

const called = { service_account: 'service account', token: 'token' } as const

const selves = {
  remove: 'you cannot delete yourself from the project',
  change: 'you cannot assign yourself to a different group',
} as const satisfies Record<ProblemDetails['member.is_self']['asked'], string>

/** What this dialect says of each problem: its status, and the words. */
export const kubermaticWords: Words = {
  'request.invalid': [400, invalid],
  'request.malformed': [
    400,
    ({ field, said }) => ({ message: field === undefined ? said : `${field}: ${said}` }),
  ],
  'permission.unknown': usual('permission.unknown', 400),
  'key.invalid': [400, (details) => ({ message: keyFaultWords(details, 'publicKey') })],
  'account.method_mismatch': usual('account.method_mismatch', 400),
  'actor.unauthenticated': [401, ({ why }) => ({ message: refusedToken[why] })],
  'client_key.refused': usual('client_key.refused', 401),
  'actor.forbidden': [
    403,
    ({ needed }) => ({ message: `forbidden: this needs the permission ${needed.join(' or ')}` }),
  ],
  'grant.exceeds_own': [
    403,
    ({ permission, audience }) => ({
      message: `forbidden: you cannot give or take ${permission ?? audience}: you do not hold it yourself`,
    }),
  ],
  'account.not_found': [404, () => ({ message: 'the service account was not found' })],
  'company.not_found': [403, () => ({ message: "forbidden: you don't belong to that company" })],
  // Who asks for which project is said where that is known.
  'project.not_found': [403, () => ({ message: "forbidden: you don't belong to that project" })],
  'environment.not_found': usual('environment.not_found', 404),
  'role.not_found': usual('role.not_found', 404),
  'subject.not_found': usual('subject.not_found', 404),
  'resource.not_found': usual('resource.not_found', 404),
  'role.in_use': usual('role.in_use', 409),
  'user.not_found': [404, () => ({ message: 'the user was not found in the project' })],
  'group.not_found': usual('group.not_found', 404),
  'member.is_self': [403, ({ asked }) => ({ message: selves[asked] })],
  'account.last_manager': usual('account.last_manager', 409),
  'account.wrong_move': usual('account.wrong_move', 409),
  'company.last_owner': usual('company.last_owner', 409),
  'credential.not_found': usual('credential.not_found', 404),
  'client_key.not_found': usual('client_key.not_found', 404),
  'status_list.not_found': usual('status_list.not_found', 404),
  'token.not_found': [404, () => ({ message: 'the token was not found' })],
  'issuer.not_found': usual('issuer.not_found', 404),
  'route.not_found': [404, ({ place }) => ({ message: `there is nothing at ${place}` })],
  'method.not_allowed': [
    405,
    ({ expected, got }) => ({ message: `method: expected ${expected}, got ${got}` }),
  ],
  'name.taken': [
    409,
    ({ key, by }) => ({
      message: by ? `${called[by.kind]} "${by.name}" already exists` : `this ${key} is taken`,
    }),
  ],
  'key.taken': usual('key.taken', 409),
  'credential.limit': usual('credential.limit', 409),
  'token.limit': usual('token.limit', 409),
  'token.regenerated': usual('token.regenerated', 409),
  'environment.limit': usual('environment.limit', 409),
  'project.limit': [
    409,
    ({ most, of }) => ({
      message: `${projectsOf[of]} ${most} projects at most`,
    }),
  ],
  'client_key.limit': usual('client_key.limit', 409),
  'group.limit': usual('group.limit', 409),
  'role.limit': usual('role.limit', 409),
  'issuer.limit': usual('issuer.limit', 409),
  'issuer.configured': usual('issuer.configured', 409),
  'registration.closed': usual('registration.closed', 401),
  'registration.throttled': usual('registration.throttled', 429),
  'record.conflict': [
    409,
    () => ({ message: 'someone else changed this at the same time; try again' }),
  ],
  'version.stale': usual('version.stale', 412),
  'request.too_large': [
    413,
    ({ limitBytes }) => ({ message: `body: expected at most ${limitBytes} bytes` }),
  ],
  'media.unsupported': [415, ({ said }) => ({ message: said })],
  'host.misdirected': [
    421,
    ({ got, hosts }) => ({ message: `Host: got ${got}, expected ${hosts}` }),
  ],
  'server.failed': [
    500,
    () => ({ message: 'the request failed; the log has the reason under its request id' }),
  ],
  'store.unavailable': [
    503,
    () => ({ message: 'the store cannot be reached; try again in a moment' }),
  ],
  'store.full': usual('store.full', 503),
  'store.damaged': usual('store.damaged', 503),
}
