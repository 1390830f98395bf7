import { idOf, levelOf, type Place } from '../../domain/access/places.ts'
import type { InputRule } from '../../domain/problem.ts'
import type { Saying } from '../../http/problems.ts'
import { about } from './sayings.ts'

/** A project or an environment that a request names, and that is not there. */
function missingPlace(on: Place): Saying {
  const [field, noun] =
    levelOf(on) === 'environment' ? ['envId', 'environment'] : ['projectId', 'project']
  return about(field, `the company has no ${noun} ${JSON.stringify(idOf(on))}`)
}

const inputRules: {
  readonly [R in InputRule['rule']]: (details: Extract<InputRule, { rule: R }>) => Saying
} = {
  key_is_needed: () =>
    about('publicKey', 'is needed when tokenEndpointAuthMethod is private_key_jwt'),
  one_source_of_keys: () => about('jwksUri', 'is given instead of publicKey, not beside it'),
  key_set_has_no_end: () =>
    about('expiresAt', 'is the end of a secret or publicKey; keys of a jwksUri have none'),
  default_is_an_audience: () =>
    about('defaultAudience', 'the default audience is to be one of the audiences of the account'),
  claim_is_free: ({ claim }) =>
    about(
      'allowedCustomClaims',
      `${JSON.stringify(claim)} is a claim that this server sets itself, or keeps for itself`,
    ),
  name_is_seen: ({ position, code }) =>
    about('name', `character ${position} (${code}) is not seen, or turns what is; leave it out`),
  issuer_is_https: () =>
    about(
      'issuer',
      'expected an https URL such as https://people.example, without query or fragment; http only at a loopback address, and with allowInsecure',
    ),
  issuer_is_another: () => about('issuer', 'expected another server than this one'),
  company_is_there: ({ companyId }) =>
    about('companies', `there is no company ${JSON.stringify(companyId)}`),
  end_lies_ahead: () => about('expiresAt', 'must be in the future'),
  pages_are_bounded: ({ mostEntries }) =>
    about(
      'page',
      `a filtered list has pages for its first ${mostEntries} entries; narrow the filter, or follow cursor`,
    ),
  projects_are_bounded: ({ most }) =>
    about('projectIds', `expected projects with at most ${most} environments together`),
  cursor_is_of_its_list: () =>
    about('cursor', 'expected what a link of this list carries, with the rest of its query'),
  entry_is_there: () => about('after', 'expected the id of an entry of this log'),
  place_is_there: ({ on }) => missingPlace(on),
  place_is_named_once: ({ on }) =>
    about('projectsRole', `names ${levelOf(on)} ${JSON.stringify(idOf(on))} more than once`),
  role_is_there: ({ role }) =>
    about('role', `there is no role ${JSON.stringify(role)}; GET /api/roles lists them`),
  role_is_of_a_company: ({ permission }) =>
    about('permissions', `${permission} is for the whole installation, and held by no role`),
  member_is_there: ({ id }) =>
    about(
      'memberIds',
      `the company has no person or service account ${JSON.stringify(id)}; groups hold no groups`,
    ),
  role_fits: ({ role, on }) =>
    about(
      'role',
      `${role} is no role for ${levelOf(on) === 'environment' ? 'an' : 'a'} ${levelOf(on)}`,
    ),
  role_is_for_people: ({ role }) =>
    about('role', `${role} is for people, not for service accounts or groups`),
  life_is_bounded: ({ mostSeconds }) =>
    about('expiresAt', `expected at most ${mostSeconds} seconds from now`),
  audience_is_of_the_account: ({ audience }) =>
    about('audiences', `${JSON.stringify(audience)} is none of the audiences of the account`),
  group_is_for_accounts: ({ group }) =>
    about('group', `${JSON.stringify(group)} is no group that a service account can be in`),
  group_is_there: ({ group }) => about('group', `there is no group ${JSON.stringify(group)}`),
  owners_are_named: () =>
    about('users', 'a service account must say who shall own a project that it makes'),
  owners_are_people: () => about('users', 'expected mail addresses of people'),
  member_is_new: ({ email }) => about('email', `${email} is in the project already`),
  name_is_plain: ({ character }) =>
    about('name', `has ${JSON.stringify(character)}, which names here do not have; leave it out`),
  permissions_are_of_root: () =>
    about('permissions', 'only accounts of root have any; one of a company has roles'),
  overlap_is_bounded: ({ mostSeconds }) =>
    about('overlapSeconds', `expected at most ${mostSeconds}`),
}

/** What is said of a rule that no schema can say. */
export function inputRule<R extends InputRule['rule']>(
  details: Extract<InputRule, { readonly rule: R }> & { readonly rule: R },
): Saying {
  return inputRules[details.rule](details)
}
