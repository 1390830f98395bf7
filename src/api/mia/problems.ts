import { permissionNames, rootPermissionNames } from '../../domain/access/permissions.ts'
import { movesFrom } from '../../domain/accounts/states.ts'
import { keyFaultWords } from '../../http/key-faults.ts'
import type { Words } from '../../http/problems.ts'
import { meant } from '../../words/nearest.ts'
import { inputRule } from './input-rules.ts'
import { about, excess, methodRules, stale, unauthenticated, wire } from './sayings.ts'
import { engineState } from './states.ts'

/** Where permissions are named, and which can be. */
const permissionsGiven = {
  account: { field: 'permissions', known: rootPermissionNames },
  role: { field: 'permissions', known: permissionNames },
  question: { field: 'permission', known: permissionNames },
} as const

/** Whose projects are bounded. */
const projectsOf = { company: 'A company may have', maker: 'Anybody may make' } as const

/** What the console's dialect says of each problem: its status, and the words. */
export const miaWords: Words = {
  'request.invalid': [400, (details) => ('rule' in details ? inputRule(details) : wire(details))],
  'request.malformed': [
    400,
    (details) => (details.field === undefined ? wire(details) : about(details.field, details.said)),
  ],
  'permission.unknown': [
    400,
    ({ unknown, of = 'account', at }) => {
      const { field, known } = permissionsGiven[of]
      const names = unknown.map((name) => JSON.stringify(name) + meant(name, known))
      const place = at === undefined ? field : `questions.${at}.${field}`
      return about(place, `unknown ${names.join(', ')}; GET /api/permissions lists them all`)
    },
  ],
  'key.invalid': [
    400,
    (details) => ({ field: 'publicKey', message: keyFaultWords(details, 'publicKey') }),
  ],
  'account.method_mismatch': [400, ({ rule }) => methodRules[rule]],
  'actor.unauthenticated': [
    401,
    ({ why, audience }) => ({
      message:
        audience === undefined ? unauthenticated[why] : `${unauthenticated[why]} ${audience}`,
      ...(why === 'missing' && { field: 'Authorization' }),
    }),
  ],
  'client_key.refused': [401, () => about('Client-key', 'expected the key of a known application')],
  'actor.forbidden': [
    403,
    ({ needed }) => ({ message: `This needs the permission ${needed.join(' or ')}` }),
  ],
  'grant.exceeds_own': [403, excess],
  'account.not_found': [
    404,
    () => ({ message: 'There is no service account with this client id' }),
  ],
  'company.not_found': [404, () => ({ message: 'There is no company with this id' })],
  'project.not_found': [404, () => ({ message: 'There is no project with this id' })],
  'environment.not_found': [404, () => ({ message: 'There is no environment with this id' })],
  'role.not_found': [404, () => ({ message: 'The company has no role with this id' })],
  'subject.not_found': [
    404,
    () => ({ field: 'subject', message: 'There is no account, person or group with this id' }),
  ],
  'resource.not_found': [
    404,
    () => ({
      field: 'resource',
      message: 'There is no company, project or environment with this id',
    }),
  ],
  'role.in_use': [
    409,
    ({ holder }) => ({
      message: `The role is held, by ${holder} among others; take it away first`,
    }),
  ],
  'group.limit': [409, ({ most, of }) => ({ message: `There may be ${most} ${of}, and no more` })],
  'environment.limit': [
    409,
    ({ most }) => ({ message: `A project may have ${most} environments; delete one first` }),
  ],
  'project.limit': [
    409,
    ({ most, of }) => ({
      message: `${projectsOf[of]} ${most} projects; delete one first`,
    }),
  ],
  'role.limit': [
    409,
    ({ most }) => ({ message: `A company may have ${most} roles of its own; delete one first` }),
  ],
  'group.not_found': [404, () => ({ message: 'The company has no group with this id' })],
  'user.not_found': [404, () => ({ message: 'There is no person with this id here' })],
  'account.last_manager': [
    409,
    () => ({
      message:
        'After this, no account could log in and manage others. Give console.root.serviceaccount.manage to another account that can log in first',
    }),
  ],
  'company.last_owner': [
    409,
    () => ({ message: 'After this, no owner of the company could log in; make another one first' }),
  ],
  'account.wrong_move': [
    409,
    ({ from, to, asked }) => {
      const field = asked === 'move' ? 'stateTo' : 'state'
      const allowed = movesFrom[from].map((state) => engineState[state]).join(' or ')
      // Its word for one that is disabled is another's, too.
      const [now, wanted] = [engineState[from], to === 'disabled' ? to : engineState[to]]
      return about(field, `a client that is ${now} cannot become ${wanted}, only ${allowed}`)
    },
  ],
  'member.is_self': [
    403,
    () => ({ message: 'Nobody changes or ends their own part in a project; let another do it' }),
  ],
  'credential.not_found': [404, () => ({ message: 'This account has no credential with this id' })],
  'client_key.not_found': [404, () => ({ message: 'There is no client key with this id' })],
  'issuer.not_found': [404, () => ({ message: 'There is no trusted issuer with this id' })],
  'token.not_found': [404, () => ({ message: 'The account has no token with this id' })],
  'status_list.not_found': [404, () => ({ message: 'There is no status list with this id' })],
  'route.not_found': [404, ({ place }) => ({ message: `There is nothing at ${place}` })],
  'method.not_allowed': [
    405,
    ({ expected, got }) => ({ message: `method: expected ${expected}, got ${got}` }),
  ],
  'name.taken': [
    409,
    ({ key }) => ({ field: key, message: `This ${key} is taken; choose another one` }),
  ],
  'key.taken': [
    409,
    ({ kid }) => about('publicKey.kid', `the account has a key ${JSON.stringify(kid)} already`),
  ],
  'credential.limit': [
    409,
    ({ most }) => ({
      message: `An account may have ${most} live credentials; delete one first`,
    }),
  ],
  'token.limit': [
    409,
    ({ most }) => ({ message: `An account may have ${most} tokens; delete one first` }),
  ],
  'token.regenerated': [
    409,
    () => ({
      message: 'Somebody else made a new value of this token just now; this one was not made',
    }),
  ],
  'client_key.limit': [
    409,
    ({ most }) => ({ message: `There may be ${most} client keys; delete one first` }),
  ],
  'issuer.limit': [
    409,
    ({ most }) => ({ message: `There may be ${most} trusted issuers; delete one first` }),
  ],
  'issuer.configured': [
    409,
    ({ name }) =>
      about('issuer', `the settings name it as ${JSON.stringify(name)}; change it there`),
  ],
  // What the service that others replace by this one answers to whatever it does not register.
  'registration.closed': [401, () => ({ message: 'Nobody can register here' })],
  'registration.throttled': [
    429,
    ({ retryAfterSeconds }) => ({
      message: `Too many have registered; wait ${retryAfterSeconds} s`,
    }),
  ],
  'record.conflict': [
    409,
    () => ({ message: 'Someone else changed this at the same time; read it again' }),
  ],
  'version.stale': [412, ({ why }) => stale[why ?? 'changed']],
  'request.too_large': [
    413,
    ({ limitBytes }) => ({ message: `body: expected at most ${limitBytes} bytes` }),
  ],
  'media.unsupported': [415, wire],
  'host.misdirected': [
    421,
    ({ got, hosts }) =>
      about('Host', `got ${got}, expected ${hosts}; http.allowedHosts can name others`),
  ],
  'server.failed': [
    500,
    () => ({ message: 'The request failed; the log has the reason under its request id' }),
  ],
  'store.unavailable': [
    503,
    () => ({ message: 'The store cannot be reached; try again in a moment' }),
  ],
  'store.full': [503, () => ({ message: 'The disk of the store is full; nothing was written' })],
  'store.damaged': [
    503,
    ({ what }) => ({ message: `The store holds a damaged ${what}; restore it from a backup` }),
  ],
}
