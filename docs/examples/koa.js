// A resource server with Koa: npm install ostiary-sdk koa @koa/router
import { Router } from '@koa/router'
import Koa from 'koa'
import { koaToken, verifier } from 'ostiary-sdk'

const { OSTIARY_URL: issuer, PORT = '8080' } = process.env
const verify = verifier({ issuer, audience: 'https://orders.example' })
const report = (error) => console.error(error.code, error.message)

// Whoever holds a permission at the root.
const forViewers = koaToken({ verify, report, permissions: ['console.root.view'] })

// Whoever may see the project that the path names.
const forMembers = koaToken({
  ...{ verify, report },
  permissions: ['console.project.view'],
  resource: (ctx) => ctx.params.projectId,
})

const router = new Router()
router.get('/orders', forViewers, (ctx) => {
  ctx.body = { orders: [], for: ctx.state.token.client_id }
})
router.get('/projects/:projectId/orders', forMembers, (ctx) => {
  ctx.body = { orders: [], of: ctx.params.projectId, for: ctx.state.token.client_id }
})

const server = new Koa()
  .use(router.routes())
  .listen(Number(PORT), () => console.log(`listening on port ${server.address().port}`))
