import { addCredential } from '../../../domain/credentials/add.ts'
import { deleteCredential } from '../../../domain/credentials/delete.ts'
import { credentialsPage } from '../../../domain/credentials/list.ts'
import { rotateSecret } from '../../../domain/credentials/rotate.ts'
import { parseId } from '../../../domain/ids.ts'
import { Type } from '../../../schema/type.ts'
import { accountTarget, addCredentialInput, changeTarget, rotationInput } from '../inputs.ts'
import { listLinks } from '../links.ts'
import { listAsked, WholeListQuery } from '../list-queries.ts'
import { AddedCredential, Credential, RotatedSecret } from '../replies.ts'
import { OfAccount, OfCompanyAccount, OfCompanyCredential, OfCredential, route } from '../route.ts'
import { AddCredential, Rotate } from '../schemas.ts'
import * as view from '../views.ts'

/** Where accounts of one kind of owner are, and how their routes are told from the others. */
const rootAccounts = {
  base: '/api/service-accounts/:clientId',
  suffix: '',
  whose: 'service account',
  facts: { clientKey: 'required' },
  params: OfAccount,
  credentialParams: OfCredential,
} as const
const companyAccounts = {
  base: '/api/companies/:companyId/service-accounts/:clientId',
  suffix: 'OfCompanyAccount',
  whose: 'service account of a company',
  facts: { clientKey: 'optional', at: 'company' },
  params: OfCompanyAccount,
  credentialParams: OfCompanyCredential,
} as const

type Accounts = typeof rootAccounts | typeof companyAccounts

const addingRoutes = ({ base, suffix, whose, facts, params }: Accounts) => [
  route({
    method: 'GET',
    path: `${base}/credentials`,
    name: `listCredentials${suffix}`,
    summary: `List the credentials of a ${whose}, oldest first or sorted`,
    action: 'credential.list',
    ...facts,
    params,
    query: WholeListQuery,
    problems: ['account.not_found'],
    replies: { 200: Type.Array(Credential) },
    headers: { Link: 'always', 'X-Total-Count': 'always' },
    answer: async (context, { params, query, place }) => {
      const page = await credentialsPage(context, accountTarget(params), listAsked(query))
      return [200, page.items.map(view.credential), listLinks(place, query, page)]
    },
  }),
  route({
    method: 'POST',
    path: `${base}/credentials`,
    name: `addCredential${suffix}`,
    summary: `Add a secret or a public key to a ${whose}; a secret is shown this once`,
    action: 'credential.add',
    ...facts,
    isConditional: true,
    params,
    body: AddCredential,
    problems: [
      'key.invalid',
      'account.method_mismatch',
      'grant.exceeds_own',
      'account.not_found',
      'key.taken',
      'credential.limit',
    ],
    replies: { 201: AddedCredential },
    answer: async (context, { params, body, conditions }) => {
      const target = changeTarget(params, conditions)
      return [201, view.added(await addCredential(context, target, addCredentialInput(body)))]
    },
  }),
]

const endingRoutes = ({ base, suffix, whose, facts, params, credentialParams }: Accounts) => [
  route({
    method: 'DELETE',
    path: `${base}/credentials/:id`,
    name: `deleteCredential${suffix}`,
    summary: `Delete a credential of a ${whose}, for good, with the access tokens that it was given`,
    action: 'credential.delete',
    ...facts,
    isConditional: true,
    params: credentialParams,
    problems: [
      'grant.exceeds_own',
      'account.not_found',
      'account.last_manager',
      'credential.not_found',
    ],
    replies: { 204: null },
    answer: async (context, { params, conditions }) => {
      const target = changeTarget(params, conditions)
      await deleteCredential(context, target, parseId('credential', params.id))
      return [204]
    },
  }),
  route({
    method: 'POST',
    path: `${base}/rotate`,
    name: `rotateSecret${suffix}`,
    summary: `Put a new secret in the place of the current one of a ${whose}`,
    action: 'credential.rotate',
    ...facts,
    isConditional: true,
    params,
    body: Rotate,
    problems: [
      'account.method_mismatch',
      'grant.exceeds_own',
      'account.not_found',
      'credential.limit',
    ],
    replies: { 200: RotatedSecret },
    answer: async (context, { params, body, conditions }) => {
      const target = changeTarget(params, conditions)
      return [200, view.rotated(await rotateSecret(context, target, rotationInput(body)))]
    },
  }),
]

/** What an account logs in with: its secrets and keys, for accounts of root and of companies. */
export const credentialRoutes = [rootAccounts, companyAccounts].flatMap((accounts) => [
  ...addingRoutes(accounts),
  ...endingRoutes(accounts),
])
