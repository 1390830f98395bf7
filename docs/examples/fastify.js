// A resource server with Fastify: npm install ostiary-sdk fastify
import fastify from 'fastify'
import { fastifyToken, verifier } from 'ostiary-sdk'

const { OSTIARY_URL: issuer, PORT = '8080' } = process.env
const verify = verifier({ issuer, audience: 'https://orders.example' })
const report = (error) => console.error(error.code, error.message)

// Whoever holds a permission at the root.
const forViewers = fastifyToken({ verify, report, permissions: ['console.root.view'] })

// Whoever may see the project that the path names.
const forMembers = fastifyToken({
  ...{ verify, report },
  permissions: ['console.project.view'],
  resource: (request) => request.params.projectId,
})

const app = fastify()
app.decorateRequest('token', null)
app.get('/orders', { onRequest: forViewers }, async (request) => ({
  orders: [],
  for: request.token.client_id,
}))
app.get('/projects/:projectId/orders', { onRequest: forMembers }, async (request) => ({
  orders: [],
  of: request.params.projectId,
  for: request.token.client_id,
}))

await app.listen({ port: Number(PORT) })
console.log(`listening on port ${app.server.address().port}`)
