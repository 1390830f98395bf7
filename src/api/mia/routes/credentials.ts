import { Type } from 'typebox'
import { addCredential } from '../../../domain/credentials/add.ts'
import { deleteCredential } from '../../../domain/credentials/delete.ts'
import { listCredentials } from '../../../domain/credentials/list.ts'
import { rotateSecret } from '../../../domain/credentials/rotate.ts'
import { parseId } from '../../../domain/ids.ts'
import { addCredentialInput, changeTarget, rotationInput } from '../inputs.ts'
import { AddedCredential, Credential, RotatedSecret } from '../replies.ts'
import { OfAccount, OfCredential, route } from '../route.ts'
import { AddCredential, Rotate } from '../schemas.ts'
import * as view from '../views.ts'

const root = '/api/service-accounts/:clientId'

/** What an account logs in with: its secrets and keys. */
export const credentialRoutes = [
  route({
    method: 'GET',
    path: `${root}/credentials`,
    name: 'listCredentials',
    summary: 'List the credentials of a service account',
    action: 'credential.list',
    clientKey: 'required',
    params: OfAccount,
    problems: ['account.not_found'],
    replies: { 200: Type.Array(Credential) },
    answer: async (context, { params }) => {
      const listed = await listCredentials(context, params.clientId)
      return [200, listed.map(view.credential)]
    },
  }),
  route({
    method: 'POST',
    path: `${root}/credentials`,
    name: 'addCredential',
    summary: 'Add a secret or a public key; a secret is shown this once',
    action: 'credential.add',
    clientKey: 'required',
    isConditional: true,
    params: OfAccount,
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
      const target = changeTarget(params.clientId, conditions)
      return [201, view.added(await addCredential(context, target, addCredentialInput(body)))]
    },
  }),
  route({
    method: 'DELETE',
    path: `${root}/credentials/:id`,
    name: 'deleteCredential',
    summary: 'Delete a credential, for good, with the access tokens that it was given',
    action: 'credential.delete',
    clientKey: 'required',
    isConditional: true,
    params: OfCredential,
    problems: [
      'grant.exceeds_own',
      'account.not_found',
      'account.last_manager',
      'credential.not_found',
    ],
    replies: { 204: null },
    answer: async (context, { params, conditions }) => {
      const target = changeTarget(params.clientId, conditions)
      await deleteCredential(context, target, parseId('credential', params.id))
      return [204]
    },
  }),
  route({
    method: 'POST',
    path: `${root}/rotate`,
    name: 'rotateSecret',
    summary: 'Put a new secret in the place of the current one',
    action: 'credential.rotate',
    clientKey: 'required',
    isConditional: true,
    params: OfAccount,
    body: Rotate,
    problems: [
      'account.method_mismatch',
      'grant.exceeds_own',
      'account.not_found',
      'credential.limit',
    ],
    replies: { 200: RotatedSecret },
    answer: async (context, { params, body, conditions }) => {
      const target = changeTarget(params.clientId, conditions)
      return [200, view.rotated(await rotateSecret(context, target, rotationInput(body)))]
    },
  }),
]
