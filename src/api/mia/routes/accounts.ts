import type Router from '@koa/router'
import { createAccount } from '../../../domain/accounts/create.ts'
import { listAccounts, readAccount } from '../../../domain/accounts/read.ts'
import { deleteAccount, revokeTokens, updateAccount } from '../../../domain/accounts/update.ts'
import { readJson } from '../../../http/input.ts'
import { createAccountInput, patchAccountInput } from '../inputs.ts'
import { accountsQuery } from '../queries.ts'
import { type MiaState, setPaging, target } from '../request.ts'
import * as view from '../views.ts'

const root = '/api/service-accounts'

export function accountRoutes(router: Router<MiaState>): void {
  router.post(root, async (ctx) => {
    const input = createAccountInput(await readJson(ctx.req))
    ctx.body = view.created(await createAccount(ctx.state.context, input))
    ctx.status = 201
  })

  router.get(root, async (ctx) => {
    const query = accountsQuery(ctx.query)
    const { accounts, total } = await listAccounts(ctx.state.context, query.page, query.perPage)
    setPaging(ctx, query, total)
    ctx.body = accounts.map(view.account)
  })

  router.get(`${root}/:clientId`, async (ctx) => {
    const account = await readAccount(ctx.state.context, ctx.params['clientId'] ?? '')
    ctx.set('ETag', `"${account.version}"`)
    ctx.body = view.account(account)
  })

  router.patch(`${root}/:clientId`, async (ctx) => {
    const patch = patchAccountInput(await readJson(ctx.req))
    const account = await updateAccount(ctx.state.context, target(ctx), patch)
    ctx.set('ETag', `"${account.version}"`)
    ctx.body = view.account(account)
  })

  router.delete(`${root}/:clientId`, async (ctx) => {
    await deleteAccount(ctx.state.context, target(ctx))
    ctx.status = 204
  })

  router.post(`${root}/:clientId/revoke-tokens`, async (ctx) => {
    await revokeTokens(ctx.state.context, target(ctx))
    ctx.status = 204
  })
}
