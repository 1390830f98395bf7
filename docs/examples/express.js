// A resource server with Express: npm install ostiary-sdk express
import express from 'express'
import { expressToken, verifier } from 'ostiary-sdk'

const { OSTIARY_URL: issuer, PORT = '8080' } = process.env
const verify = verifier({ issuer, audience: 'https://orders.example' })
const report = (error) => console.error(error.code, error.message)

// Whoever holds a permission at the root.
const forViewers = expressToken({ verify, report, permissions: ['console.root.view'] })

// Whoever may see the project that the path names.
const forMembers = expressToken({
  ...{ verify, report },
  permissions: ['console.project.view'],
  resource: (req) => req.params.projectId,
})

const app = express()
app.get('/orders', forViewers, (req, res) => {
  res.json({ orders: [], for: req.token.client_id })
})
app.get('/projects/:projectId/orders', forMembers, (req, res) => {
  res.json({ orders: [], of: req.params.projectId, for: req.token.client_id })
})

const server = app.listen(Number(PORT), () => {
  console.log(`listening on port ${server.address().port}`)
})
