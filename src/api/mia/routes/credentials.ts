import type Router from '@koa/router'
import { addCredential } from '../../../domain/credentials/add.ts'
import { deleteCredential } from '../../../domain/credentials/delete.ts'
import { listCredentials } from '../../../domain/credentials/list.ts'
import { rotateSecret } from '../../../domain/credentials/rotate.ts'
import { parseId } from '../../../domain/ids.ts'
import { readJson } from '../../../http/input.ts'
import { addCredentialInput, rotationInput } from '../inputs.ts'
import { type MiaState, target } from '../request.ts'
import * as view from '../views.ts'

const root = '/api/service-accounts/:clientId'

export function credentialRoutes(router: Router<MiaState>): void {
  router.get(`${root}/credentials`, async (ctx) => {
    const listed = await listCredentials(ctx.state.context, ctx.params['clientId'] ?? '')
    ctx.body = listed.map(view.credential)
  })

  router.post(`${root}/credentials`, async (ctx) => {
    const input = addCredentialInput(await readJson(ctx.req))
    ctx.body = view.added(await addCredential(ctx.state.context, target(ctx), input))
    ctx.status = 201
  })

  router.delete(`${root}/credentials/:id`, async (ctx) => {
    const id = parseId('credential', ctx.params['id'] ?? '')
    await deleteCredential(ctx.state.context, target(ctx), id)
    ctx.status = 204
  })

  router.post(`${root}/rotate`, async (ctx) => {
    const input = rotationInput(await readJson(ctx.req))
    ctx.body = view.rotated(await rotateSecret(ctx.state.context, target(ctx), input))
  })
}
